from apps.accounts.models import User


def has_account(email: str) -> bool:
    """Whether somebody can sign in with this address; an added person without a password cannot yet."""
    person = User.objects.filter(email=email).first()
    return person is not None and person.has_usable_password()
