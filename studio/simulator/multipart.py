"""multipart/form-data: the fields of a form, files as bare base64."""

from __future__ import annotations

import base64
from email.message import Message
from email.parser import BytesParser
from typing import Any


def form_fields(content_type: str, body: bytes) -> dict[str, Any]:
    """The form's fields; repeated ones become a list, files become base64 text."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form = BytesParser().parsebytes(head + body)
    fields: dict[str, Any] = {}
    for part in form.walk():
        if part.is_multipart():
            continue
        name = part.get_param("name", header="content-disposition")
        value = _part_value(part)
        if name in fields:
            known = fields[name]
            fields[name] = (
                [*known, value] if isinstance(known, list) else [known, value]
            )
        else:
            fields[str(name)] = value
    return fields


def _part_value(part: Message) -> str:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    if part.get_filename() is not None:
        return base64.b64encode(data).decode()
    return data.decode("utf-8", "replace")
