# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, and who is signed in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import MAX_PASSWORD, SESSION_LIFE, Credentials, Person, change_password, sign_in, sign_out
from api.deps import State
from api.guard import check_csrf, check_origin
from api.readers import COOKIE
from api.state import AppState
from geo.errors import NotSignedIn

router = APIRouter(prefix="/session", tags=["Session"])


class SignIn(BaseModel):
    """A name and a password."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=100)
    password: str = Field(max_length=MAX_PASSWORD)


class NewPassword(BaseModel):
    """The password of now and the one to come."""

    model_config = ConfigDict(extra="forbid")
    old: str = Field(max_length=MAX_PASSWORD)
    new: str = Field(max_length=MAX_PASSWORD)


async def _signed_in(request: Request, state: State) -> Person:
    person = await state.readers.person(request)
    if person is None:
        raise NotSignedIn("Nobody is signed in.", code="sign_in_required")
    return person


SignedIn = Annotated[Person, Depends(_signed_in)]


@router.get("", summary="Who is signed in")
async def whoami(request: Request, response: Response, state: State) -> dict[str, Any]:
    """The person and the token that changes must carry, or that nobody is signed in and whether one must."""
    response.headers["Cache-Control"] = "no-store"
    return _session(await state.readers.person(request), state)


@router.post("", summary="Sign in")
async def enter(request: Request, response: Response, credentials: SignIn, state: State) -> dict[str, Any]:
    """Opens a session; the cookie is HttpOnly and SameSite=Strict."""
    check_origin(request)
    name = credentials.name.strip().lower()
    state.attempts.check(name)
    try:
        typed = Credentials(name, credentials.password)
        token, person = await sign_in(state.database, typed, state.clock(), demo=state.settings.demo)
    except NotSignedIn:
        state.attempts.failed(name)
        raise
    state.attempts.succeeded(name)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return _session(person, state)


@router.delete("", summary="Sign out")
async def leave(request: Request, response: Response, person: SignedIn, state: State) -> dict[str, Any]:
    """Ends the session at once."""
    check_csrf(request, person)
    token = request.cookies[COOKIE]
    await sign_out(state.database, token)
    state.readers.forget(token)
    response.delete_cookie(COOKIE)
    return _session(None, state)


@router.put("/password", summary="Set a new password")
async def password(request: Request, person: SignedIn, passwords: NewPassword, state: State) -> dict[str, Any]:
    """Every other session of the account ends."""
    check_csrf(request, person)
    state.attempts.check(person.name)
    token = request.cookies[COOKIE]
    await change_password(state.database, person, token, passwords.old, passwords.new)
    state.readers.forget(token)
    return {"changed": True}


def _session(person: Person | None, state: AppState) -> dict[str, Any]:
    if person is None:
        return {"signed_in": False, "anonymous": state.settings.anonymous_role, "demo": state.settings.demo}
    return {
        "signed_in": True,
        "name": person.name,
        "display_name": person.display_name,
        "role": person.role,
        "area": person.area,
        "must_change": person.must_change,
        "csrf": person.csrf,
        "demo": state.settings.demo,
    }
