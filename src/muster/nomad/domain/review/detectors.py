"""Keys that vendors give out, by the shapes that detect-secrets knows beside ours.

Its detectors by entropy and by a variable's name are left out: digests of images are no secrets, and names are ours.
"""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

_DETECTORS = (
    ("artifactory", "ArtifactoryDetector"),
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("cloudant", "CloudantDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("ibm_cloud_iam", "IbmCloudIamDetector"),
    ("ibm_cos_hmac", "IbmCosHmacDetector"),
    ("jwt", "JwtTokenDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("openai", "OpenAIDetector"),
    ("private_key", "PrivateKeyDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("softlayer", "SoftlayerDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("telegram_token", "TelegramBotTokenDetector"),
    ("twilio", "TwilioKeyDetector"),
)


def holds_vendor_key(text: str) -> bool:
    """Whether one of the detectors finds a key in the text."""
    return any(any(one.analyze_string(line)) for line in text.splitlines() for one in _detectors())


@cache
def _detectors() -> Sequence[Any]:
    """Made once: loading them takes a third of a second, and only a review needs them."""
    return [getattr(import_module(f"detect_secrets.plugins.{module}"), name)() for module, name in _DETECTORS]
