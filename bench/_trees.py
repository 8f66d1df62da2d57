"""Trees of files as repositories have them, for measurements: code, assets, vendored folders, Dockerfiles, compose."""

import random
from pathlib import Path

# Code that says nothing about how the application runs, again and again with other words.
PLAIN = {
    "py": """
def {a}_{b}(value, other=None):
    if not value:
        raise ValueError("{a}")
    return [item.{b} for item in value if item != other]

""",
    "ts": """
export function {a}{b}(value: string[], other?: string) {{
  const {b} = value.filter((item) => item !== other);
  return {b}.map((item) => ({{ name: item, kind: "{a}" }}));
}}
""",
    "go": """
func {a}{b}(value []string, other string) ([]string, error) {{
\tvar {b} []string
\tfor _, item := range value {{
\t\tif item != other {{
\t\t\t{b} = append({b}, item)
\t\t}}
\t}}
\treturn {b}, nil
}}
""",
    "java": """
    public List<String> {a}{b}(List<String> value, String other) {{
        return value.stream().filter(item -> !item.equals(other)).collect(Collectors.toList());
    }}
""",
    "rb": """
  def {a}_{b}(value, other = nil)
    value.reject {{ |item| item == other }}.map(&:{b})
  end
""",
    "rs": """
pub fn {a}_{b}(value: &[String], other: &str) -> Vec<String> {{
    value.iter().filter(|item| item.as_str() != other).cloned().collect()
}}
""",
}
HEAD = {
    "py": "import logging\n\nfrom flask import Blueprint\n\nlogger = logging.getLogger(__name__)\n\n",
    "ts": "import {{ z }} from 'zod';\nimport express from 'express';\nimport {{ {a} }} from './{b}';\n\n",
    "go": 'package {b}\n\nimport (\n\t"context"\n\t"fmt"\n\n\t"github.com/gin-gonic/gin"\n)\n\n',
    "java": "package com.example.{b};\n\nimport java.util.List;\n\npublic class {a} {{\n\n",
    "rb": "# frozen_string_literal: true\n\nclass {a}\n",
    "rs": "use std::collections::HashMap;\nuse serde::Deserialize;\n\n",
}
# What one file in twelve says about how the application runs.
TELLING = {
    "py": "import os\n\nTOKEN_{n} = os.environ['TOKEN_{n}']\nLIMIT_{n} = int(os.getenv('LIMIT_{n}', '10'))\n",
    "ts": "const app{n} = express();\napp{n}.listen(Number(process.env.PORT_{n} ?? 3000));\n",
    "go": 'var addr{n} = os.Getenv("ADDR_{n}")\n\nfunc serve{n}() {{ http.ListenAndServe(":8080", nil) }}\n',
    "java": '    static final String TOKEN_{n} = System.getenv("TOKEN_{n}");\n',
    "rb": "  TOKEN_{n} = ENV.fetch('TOKEN_{n}')\n",
    "rs": 'pub fn token_{n}() -> String {{ std::env::var("TOKEN_{n}").unwrap() }}\n',
}
TAIL = {"java": "}\n", "rb": "end\n"}
WORDS = ("order", "user", "price", "stock", "cart", "event", "report", "token", "page", "query", "batch", "filter")
# Of a hundred files: code by language, then what nobody reads, then what lies in a vendored folder.
CODE = ["py"] * 20 + ["ts"] * 22 + ["go"] * 10 + ["java"] * 4 + ["rb"] * 2 + ["rs"] * 2
MIX = CODE + ["svg"] * 8 + ["css"] * 4 + ["md"] * 6 + ["json"] * 6 + ["vendored"] * 16
SERVICE_FILES = 400
"""How many files share one service with a Dockerfile and a package file."""

GITIGNORE = "*.log\n*.pyc\n/dist/\nbuild/\n.env\n.idea/\n*.swp\ncoverage/\ntmp/\n!keep.log\n**/generated/*.ts\n"
DOCKERFILE = 'FROM python:3.12\nEXPOSE 8000\nCMD ["python", "app.py"]\n'
COMPOSE = "services:\n  web:\n    build: .\n    ports: ['8000:8000']\n"


def make_tree(root: Path, files: int) -> None:
    """A tree of that many files: services of four hundred files, a few folders deep; the same one each time."""
    chance = random.Random(files)
    (root / ".gitignore").write_text(GITIGNORE)
    for number in range(files - 1):
        path, text = one_file(number, chance)
        service = root / f"services/{WORDS[number // SERVICE_FILES % len(WORDS)]}{number // SERVICE_FILES}"
        file = (service if files > SERVICE_FILES and number != 2 else root) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def one_file(number: int, chance: random.Random) -> tuple[str, str]:
    """The path of a file in its service, and its text."""
    special = {0: ("Dockerfile", DOCKERFILE), 1: ("requirements.txt", "flask==3.0\nredis==5.0\n")}
    if number % SERVICE_FILES in special:
        return special[number % SERVICE_FILES]
    if number == 2:
        return "compose.yaml", COMPOSE
    kind = chance.choice(MIX)
    if kind == "vendored":
        return f"node_modules/pkg{number % 40}/{number}.js", code("ts", 1, chance)
    if kind in PLAIN:
        return f"{chance.choice(WORDS)}/{kind}{number}.{kind}", code(kind, number, chance)
    return f"assets/{number}.{kind}", "x" * chance.randint(200, 20_000)


def code(language: str, number: int, chance: random.Random) -> str:
    """A file of code, some four thousand characters."""
    words = {"a": chance.choice(WORDS).title(), "b": chance.choice(WORDS), "n": number}
    parts, size = [HEAD[language].format(**words)], chance.randint(2_000, 7_000)
    parts += [TELLING[language].format(**words)] if number % 12 == 0 else []
    while sum(map(len, parts)) < size:
        parts.append(PLAIN[language].format(a=chance.choice(WORDS), b=chance.choice(WORDS)))
    return "".join(parts) + TAIL.get(language, "")
