"""The fake platform itself: its ledger, its clock, its users, and who a token speaks for."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from muster.core.clock import Clock
from muster.threads.fake_threads import graph_errors as refuse
from muster.threads.fake_threads.engagement import Reception, look_of, receive
from muster.threads.fake_threads.ledger import Ledger
from muster.threads.fake_threads.records import Media, User


@dataclass(frozen=True)
class Platform:
    """What every endpoint works on."""

    ledger: Ledger
    clock: Clock
    calls: Counter[str] = field(default_factory=Counter[str])
    """By endpoint."""

    def now(self) -> datetime:
        """The platform's time: the machine's, moved by the controls."""
        return self.clock.now() + timedelta(seconds=self.ledger.dials.clock_offset_s)

    def sign_up(self, username: str) -> User:
        """The account of that name, made where there was none; its id follows from the name."""
        user_id = _user_id(username)
        if user_id not in self.ledger.users:
            followers = 50 + int(user_id[-3:])
            self.ledger.put(User(id=user_id, username=username, followers=followers, since=self.now()))
        return self.ledger.users[user_id]

    def bearer(self, token: str) -> User:
        """Who asks. Raises GraphError 104 or 190."""
        if not token:
            raise refuse.no_token()
        known = self.ledger.tokens.get(token)
        if known is None or known.user_id not in self.ledger.users:
            raise refuse.bad_token()
        if known.expires_at <= self.now():
            raise refuse.expired_token()
        return self.ledger.users[known.user_id]

    def reception_of(self, media: Media) -> Reception:
        """How the audience takes it."""
        look = look_of(media.post.text, media.published_at.hour)
        return receive(self.ledger.dials.world, media.id, look)

    def count_of(self, media: Media, metric: str, at: datetime) -> int:
        """How many of a metric a post has by then."""
        return self.reception_of(media).count(metric, (at - media.published_at).total_seconds())

    def followers_of(self, user: User, at: datetime) -> int:
        """Who was there before, and who came by the posts."""
        return user.followers + sum(self.count_of(media, "follows", at) for media in self.ledger.posts_of(user.id))


def _user_id(username: str) -> str:
    return "26" + str(int(hashlib.sha256(username.encode()).hexdigest(), 16))[:15]
