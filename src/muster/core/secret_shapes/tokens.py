"""Secrets that are known by themselves: tokens with a prefix of their maker, and a few without."""

from muster.core.secret_shapes.shape import ESCAPED, Shape, has_digit, is_mixed, start

# What may not stand before a token: it would be the middle of a longer word.
_START = start()

TOKENS: tuple[Shape, ...] = (
    Shape(
        "JSON web token",
        rf"(?:(?<![A-Za-z0-9_-])(?>[A-Za-z0-9_-]*?\b(?=eyJ))|{ESCAPED}(?=eyJ))"
        r"(?P<secret>eyJ[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]*)",
        ("eyj",),
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    ),
    Shape(
        "AWS access key",
        _START + r"(?P<secret>(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})(?![A-Za-z0-9])",
        ("akia", "asia", "abia", "acca"),
        "AKIAIOSFODNN7EXAMPLE",
    ),
    Shape(
        "AWS secret key",
        start("A-Za-z0-9/+=_.-") + r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=_.-])",
        (),
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        certain=is_mixed,
    ),
    Shape(
        "AWS session token",
        start("A-Za-z0-9/+") + r"(?P<secret>(?:FwoGZXIvYXdz|IQoJb3JpZ2lu|FQoGZXIvYXdz)[A-Za-z0-9/+=]{20,})",
        ("fwogzxivyxdz", "iqojb3jpz2lu", "fqogzxivyxdz"),
        "IQoJb3JpZ2luaX2VjEXAMPLE0123456789abcdef",
    ),
    Shape(
        "Vault token",
        _START + r"(?P<secret>hv[sbr]\.[A-Za-z0-9_-]{20,})",
        ("hvs.", "hvb.", "hvr."),
        "hvs.CAESIJ0123456789abcdefghij",
    ),
    Shape(
        "Vault token of before 1.10",
        start("A-Za-z0-9_.") + r"(?P<secret>[sbr]\.[A-Za-z0-9]{24,}(?:\.[A-Za-z0-9]{5})?)(?![A-Za-z0-9_])",
        ("s.", "b.", "r."),
        "s.Fj4kL9mN2pQ7rS1tU5vW8xY3",
        certain=is_mixed,
    ),
    Shape(
        "key of OpenAI, Anthropic or Langfuse",
        _START + r"(?P<secret>(?:sk|pk|rk)-[A-Za-z0-9_-]{16,})",
        ("sk-", "pk-", "rk-"),
        "sk-proj-0123456789abcdefABCDEF",
        certain=has_digit,
    ),
    Shape(
        "Stripe key",
        _START + r"(?P<secret>(?:(?:sk|rk|pk)_(?:live|test)_|whsec_)[A-Za-z0-9]{10,})",
        ("_live_", "_test_", "whsec_"),
        "whsec_0123456789abcdefABCDEF01",
    ),
    Shape(
        "GitHub token",
        _START + r"(?P<secret>gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        "ghp_0123456789abcdefghij0123",
    ),
    Shape(
        "GitLab token",
        _START
        + r"(?P<secret>gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-[A-Za-z0-9_.-]{16,}|GR1348941[A-Za-z0-9_-]{20})",
        ("glpat", "gldt", "glrt", "glcbt", "glptt", "glft", "glimt", "glagent", "glsoat", "gloas", "gr1348941"),
        "glpat-0123456789abcdefghij",
    ),
    Shape(
        "Slack token",
        _START + r"(?P<secret>(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10,})",
        ("xox", "xapp-"),
        "xoxb-0123456789-abcdef",
    ),
    Shape(
        "Google key",
        _START + r"(?P<secret>AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,})",
        ("aiza", "ya29.", "gocspx-"),
        "AIza0123456789abcdefghijklmnopqrstuvwxy",
    ),
    Shape(
        "Azure client secret",
        start("A-Za-z0-9_~.-") + r"(?P<secret>[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34})",
        ("q~",),
        "abc8Q~0123456789abcdefghijklmnopqrstuvw",
    ),
    Shape(
        "token of a package registry",
        _START
        + r"(?P<secret>npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{32,}|rubygems_[a-f0-9]{40,}"
        r"|dckr_[a-z]+_[A-Za-z0-9_-]{16,}|oy2[a-z0-9]{43}|cio[A-Za-z0-9]{32})(?![A-Za-z0-9])",
        ("npm_", "pypi-", "rubygems_", "dckr_", "oy2", "cio"),
        "npm_0123456789abcdefghijABCDEFGHIJ012345",
        certain=has_digit,
    ),
    Shape(
        "token of another maker",
        _START
        + r"(?P<secret>SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{30,}|do[opr]_v1_[a-f0-9]{32,}"
        r"|dapi[a-f0-9]{32}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|AGE-SECRET-KEY-1[A-Z0-9]{40,}|glsa_[A-Za-z0-9_]{32,}"
        r"|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}|dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9_.-]{30,}|lin_api_[A-Za-z0-9]{30,}"
        r"|NRAK-[A-Z0-9]{20,}|sntry[su]_[A-Za-z0-9_+/=-]{30,}|ATATT3[A-Za-z0-9_=-]{40,}|key-[a-f0-9]{32}"
        r"|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}|EAACEdEose0cBA[A-Za-z0-9]+|sq0(?:atp|csp)-[A-Za-z0-9_-]{20,}"
        r"|tskey-[a-z]+-[A-Za-z0-9-]{16,}|fo1_[A-Za-z0-9_-]{40,}|FlyV1 fm[12][a-z]?_[A-Za-z0-9+/=,_-]{40,})",
        (
            "sg.", "hf_", "_v1_", "dapi", "shp", "age-secret-key-1", "glsa_", ".atlasv1.", "dp.", "lin_api_", "nrak-",
            "sntry", "atatt3", "key-", ":aa", "eaacedeose0cba", "sq0", "tskey-", "fo1_", "flyv1 ",
        ),
        "SG.0123456789abcdefghij.0123456789abcdefghij0123",
        certain=has_digit,
    ),
    Shape(
        "hash of a password",
        start(r"\w$")
        + r"(?P<secret>\${1,2}(?:apr1|argon2(?:id?|d)|2[abxy]?|[1567y]|gy|scrypt|pbkdf2[a-z0-9-]{0,8})\${1,2}"
        r"[A-Za-z0-9./=,+$-]{20,}|\{S?SHA\d{0,3}\}[A-Za-z0-9+/=]{27,}|pbkdf2_sha\d{1,3}\$\d{1,9}\$[A-Za-z0-9./+=$]{20,})",
        ("$", "sha"),
        "$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/",
    ),
    Shape(
        "webhook",
        r"(?P<keep>(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks"
        r"|webhook\.office\.com/webhookb2|outlook\.office(?:365)?\.com/webhook|hooks\.zapier\.com/hooks/catch"
        r"|maker\.ifttt\.com/trigger|api\.telegram\.org/bot|open\.feishu\.cn/open-apis/bot)/?)"
        r"(?P<secret>[A-Za-z0-9][^\s\"'<>)\]]*)",
        ("webhook", "hooks.", "ifttt", "telegram", "feishu"),
        "https://hooks.slack.com/services/T01234567/B01234567/0123456789abcdef",
        hidden="T01234567/B01234567/0123456789abcdef",
    ),
)  # fmt: skip
