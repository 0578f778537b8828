"""Target groups with names and tags that nothing takes."""

from support.spec_cases.requests import FIFTY_TAGS, Blamed, blame, named, tagged

NAMES: dict[str, Blamed] = blame(
    "name",
    {
        "an empty name": named(""),
        "a name of two characters": named("ab"),
        "a name of 129 characters": named("a" * 129),
        "a name with a capital": named("Orders"),
        "a name that begins with tg-": named("tg-orders"),
        "an id for a name": named("tg-0123456789abcdef0"),
        "a name with a leading hyphen": named("-orders"),
        "a name with a trailing hyphen": named("orders-"),
        "a name with a double hyphen": named("orders--api"),
        "a name with a leading space": named(" orders"),
        "a name with a trailing space": named("orders "),
        "a name with a trailing newline": named("orders\n"),
        **{
            f"a name with {text!r} inside": named(f"orders{text}api")
            for text in ("_", ".", "/", ":", " ", "\n", "A", "ü", "\u0661", "\uff11")  # the last two are foreign digits
        },
        "a name with many faults": named("tg--Orders_API-"),
    },
)

TAGS: dict[str, Blamed] = {
    **blame("tags", {"51 tags": tagged(FIFTY_TAGS | {"one-more": "value"})}),  # 1.4: the model says 200
    **{
        f"a tag key {fault}": (tagged({key: "value"}), (f"tags[{key!r}]",))
        for fault, key in {
            "that begins with aws:": "aws:x",
            "that is aws: alone": "aws:",
            "of no characters": "",
            "of 129 characters": "k" * 129,
            "with a leading space": " key",
            "with a trailing space": "key ",
            "of one space": " ",
            "with an emoji": "key😀",
            "with several faults": " aws:x! ",
            **{f"with {symbol!r}": f"a{symbol}b" for symbol in "!#$%&*,;?~^|<({["},
        }.items()
    },
    **{
        f"a tag value {fault}": (tagged({"key": value}), ("tags['key']",))
        for fault, value in {
            "that begins with aws:": "aws:x",  # 1.4: forbidden in keys and in values
            "of 257 characters": "v" * 257,
            "with a leading space": " value",
            "with a trailing space": "value ",
            "of one space": " ",
            "with an emoji": "value😀",
            **{f"with {symbol!r}": f"a{symbol}b" for symbol in "!#$%&*,;?~^|<({["},
        }.items()
    },
}
