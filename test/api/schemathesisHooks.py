"""What Schemathesis does not send by itself. Read by test/api/support/schemathesis.ts."""

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/jsonl", "text/csv")
def rows(ctx, value):
    """A body of lines is any text; whatever breaks its schema is no text, and sent as a body without a line."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b""
