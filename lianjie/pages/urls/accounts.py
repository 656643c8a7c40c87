"""Signing in, the own account, and the accounts of others."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from lianjie.pages import accounts, first_run, remarks, second_factor, sessions, signing_in, tokens, users
from lianjie.pages.access import PUBLIC, SIGNED_IN, Needs

urlpatterns = [
    path("sign-in/", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", second_factor.at_sign_in, name="sign-in-code"),
    path("set-up/", first_run.set_up, name="set-up"),
    path("accounts/", users.listing, name="users"),
    path("accounts/new/", users.new, name="user-new"),
    path("accounts/of/<str:name>/", users.one, name="user"),
    path("accounts/of/<str:name>/<slug:what>/", users.change, name="user-change"),
    path("sign-out/", signing_in.SignOut.as_view(), name="sign-out"),
    path("welcome/<uidb64>/<token>/", login_not_required(signing_in.Welcome.as_view()), name="welcome"),
    path("password/", signing_in.Password.as_view(), name="password"),
    path("account/", accounts.own, name="account"),
    path("account/code/", second_factor.ask, name="code"),
    path("account/codes/", second_factor.new_codes, name="codes"),
    path("account/second-factor/", second_factor.enrol, name="enrol"),
    path("account/second-factor/off/", second_factor.take_off, name="second-factor-off"),
    path("remarks/", remarks.page, name="remarks"),
    path("remarks/<int:number>/answer/", remarks.answer, name="remark-answer"),
    path("account/tokens/", tokens.listing, name="tokens"),
    path("account/tokens/<int:number>/end/", tokens.end, name="token-end"),
    path("account/sessions/", sessions.listing, name="sessions"),
    path("account/sessions/others/", sessions.end_others, name="sessions-end"),
    path("account/sessions/<int:number>/end/", sessions.end, name="session-end"),
]

NEEDS: Needs = {
    "sign-in": PUBLIC,
    "sign-in-code": PUBLIC,
    "sign-out": SIGNED_IN,
    "set-up": PUBLIC,
    "users": "any:assign",
    "user-new": "any:assign",
    "user": "any:assign",
    "user-change": "any:assign",
    "welcome": PUBLIC,
    "password": SIGNED_IN,
    "account": SIGNED_IN,
    "code": SIGNED_IN,
    "codes": SIGNED_IN,
    "enrol": SIGNED_IN,
    "second-factor-off": SIGNED_IN,
    "remarks": SIGNED_IN,
    "remark-answer": "any:assign",
    "tokens": SIGNED_IN,
    "token-end": SIGNED_IN,
    "sessions": SIGNED_IN,
    "sessions-end": SIGNED_IN,
    "session-end": SIGNED_IN,
}
