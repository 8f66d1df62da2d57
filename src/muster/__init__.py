import os

# LangGraph reads this once, at import: only types that the state schema reaches are loaded from a checkpoint.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")  # noqa: TID251
