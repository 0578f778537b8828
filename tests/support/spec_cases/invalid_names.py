"""Target groups with invalid names and tags."""

from support.spec_cases.requests import FIFTY_TAGS, InvalidCase, invalid_in, named, tagged

NAMES: dict[str, InvalidCase] = invalid_in(
    "name",
    {
        "an empty name": named(""),
        "a name of two characters": named("ab"),
        "a name of 129 characters": named("a" * 129),
        "a name with a capital": named("Orders"),
        "a name that begins with tg-": named("tg-orders"),
        "a name that is an id": named("tg-0123456789abcdef0"),
        "a name with a leading hyphen": named("-orders"),
        "a name with a trailing hyphen": named("orders-"),
        "a name with a double hyphen": named("orders--api"),
        "a name with a leading space": named(" orders"),
        "a name with a trailing space": named("orders "),
        "a name with a trailing newline": named("orders\n"),
        **{
            f"a name with {character!r} inside": named(f"orders{character}api")
            for character in (
                "_",
                ".",
                "/",
                ":",
                " ",
                "\n",
                "A",
                "ü",
                "\u0661",
                "\uff11",
            )  # The last two characters are non-ASCII digits.
        },
        "a name with several errors": named("tg--Orders_API-"),
    },
)

TAGS: dict[str, InvalidCase] = {
    **invalid_in(
        "tags", {"51 tags": tagged(FIFTY_TAGS | {"one-more": "value"})}
    ),  # 1.4: at most 50. The model allows 200.
    **{
        f"a tag key {error}": (tagged({key: "value"}), (f"tags[{key!r}]",))
        for error, key in {
            "that begins with aws:": "aws:x",
            "that is only aws:": "aws:",
            "that is empty": "",
            "of 129 characters": "k" * 129,
            "with a leading space": " key",
            "with a trailing space": "key ",
            "of one space": " ",
            "with an emoji": "key😀",
            "with several errors": " aws:x! ",
            **{f"with {symbol!r}": f"a{symbol}b" for symbol in "!#$%&*,;?~^|<({["},
        }.items()
    },
    **{
        f"a tag value {error}": (tagged({"key": value}), ("tags['key']",))
        for error, value in {
            "that begins with aws:": "aws:x",  # 1.4: aws: is reserved in keys and in values.
            "of 257 characters": "v" * 257,
            "with a leading space": " value",
            "with a trailing space": "value ",
            "of one space": " ",
            "with an emoji": "value😀",
            **{f"with {symbol!r}": f"a{symbol}b" for symbol in "!#$%&*,;?~^|<({["},
        }.items()
    },
}
