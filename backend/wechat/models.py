"""The access token that all processes share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.crypto import EncryptedText
from backend.core.db import Base, UTCDateTime


class WechatToken(Base):
    """One row an account. ``generation`` grows with each fetch: whoever was refused with an older one takes this one.

    ``renew_at`` lies a little before the platform's own end of it; wall clock, as the platform knows no other.
    """

    __tablename__ = "wechat_tokens"

    appid: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str] = mapped_column(EncryptedText("wechat.token"))
    generation: Mapped[int] = mapped_column(Integer)
    renew_at: Mapped[datetime] = mapped_column(UTCDateTime)
