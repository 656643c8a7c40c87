"""Signing in: the second factor, where somebody is signed in, and tokens of programs."""

from django.conf import settings
from django.db import models

from lianjie.facts import sealing
from lianjie.facts.models.record import SealedColumn


class SecondFactor(models.Model):
    """The key of a user's code app, sealed; see facts/sealing.py. It counts once a code has confirmed it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, related_name="second_factor"
    )
    key_sealed = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0, help_text="half minutes since 1970: a code counts once")
    failures = models.PositiveSmallIntegerField(default=0, help_text="wrong codes since the last right one")
    failed_at = models.DateTimeField(null=True)

    SEALED = (SealedColumn("key_sealed", lambda row: sealing.second_factor_row(row.pk)),)


class RecoveryCode(models.Model):
    """A code on paper, for a lost phone, which counts once. Kept is a hash of it, sealed, and an index.

    The hash is what turns the index when keys turn; once the code is used nothing sealed is left of it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recovery_codes"
    )
    index = models.CharField(max_length=32)
    sealed = models.BinaryField(null=True, help_text="None once used")
    used_at = models.DateTimeField(null=True)

    SEALED = (
        SealedColumn(
            "sealed",
            lambda row: sealing.recovery_row(row.user_id),
            index="index",
            index_of=sealing.recovery_index,
        ),
    )


class SignIn(models.Model):
    """One sign-in on one device, from its begin to its end."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_ins")
    session_key = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "ended_at"])]


class ApiToken(models.Model):
    """What a program shows instead of a password. Only its digest is kept: nobody can read it back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of 32 random bytes, as hex")
    reads_only = models.BooleanField()
    made_at = models.DateTimeField()
    until_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=models.Q(ended_at=None), name="api_token_named_once"
            )
        ]
