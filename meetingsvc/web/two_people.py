"""What is said of a step that takes two people, once the first has said it."""


def recorded(others: int | None) -> str:
    """`others` is how many can say the same; None where it is done."""
    if others is None:
        return "Recorded."
    if others:
        return "Recorded. It is done once a second person says the same; those who can are told."
    return (
        "Recorded. It is done once a second person says the same, and nobody else can: ask for a second "
        "person to be invited."
    )
