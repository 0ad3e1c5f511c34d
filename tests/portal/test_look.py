import re
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone

from catalog.looks import Colour, Icon
from portal.templatetags import look

NOW = datetime(2024, 11, 14, 14, 2, 0, tzinfo=timezone.get_default_timezone())
TEMPLATES = Path(settings.BASE_DIR) / "templates"
STATIC = Path(settings.BASE_DIR) / "static"
SVG = "{http://www.w3.org/2000/svg}"


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.fixture
def at_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def symbols() -> set[str]:
    root = ET.parse(TEMPLATES / "_icons.svg").getroot()
    return {symbol.attrib["id"] for symbol in root.iter(f"{SVG}symbol")}


def test_an_icon_comes_from_our_sprite_and_is_hidden_from_screen_readers() -> None:
    svg = rendered('{% icon "wifi" 18 "soft" %}')

    assert 'class="icon soft" width="18" height="18" aria-hidden="true"' in svg
    assert '<use href="#wifi"></use>' in svg


def test_the_name_of_an_icon_is_escaped() -> None:
    assert "<script>" not in rendered("{% icon name %}", name='"><script>')


def test_every_icon_a_tile_may_have_is_in_the_sprite() -> None:
    assert {str(icon) for icon in Icon} <= symbols()


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sources = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    named = {name for source in sources for name in re.findall(r'{% icon "([^"]+)"', source)}

    assert named
    assert named <= symbols()


def test_every_colour_a_tile_may_have_has_a_class() -> None:
    tokens = (STATIC / "css" / "tokens.css").read_text()

    assert all(re.search(rf"\.tile-{colour} {{ --tile: ", tokens) for colour in Colour)


def luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", Colour)
def test_the_text_on_a_tile_can_be_read_in_light_and_dark(colour: Colour) -> None:
    tokens = (STATIC / "css" / "tokens.css").read_text()
    line = re.search(rf"\.tile-{colour} {{ --tile: ([^;]+)", tokens)
    assert line
    text = "#13202a" if colour in {Colour.SUN, Colour.ICE} else "#ffffff"

    for shade in re.findall(r"#[0-9a-f]{6}", line[1]):
        assert contrast(text, shade) >= 4.5


@pytest.mark.parametrize("shade", re.findall(r"color: (#[0-9a-f]{6})", (STATIC / "css" / "log.css").read_text()))
def test_every_colour_of_the_output_can_be_read(shade: str) -> None:
    assert contrast(shade, "#0d1418") >= 5.3


@pytest.mark.usefixtures("at_two")
@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=2, seconds=50), "2 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=15), "yesterday"),
        (timedelta(days=2), "12 Nov"),
        (timedelta(days=400), "11 Oct 2023"),
    ],
)
def test_times_are_told_in_words(passed: timedelta, words: str) -> None:
    assert rendered("{{ at|ago }}", at=NOW - passed).endswith(f">{words}</time>")


@pytest.mark.usefixtures("at_two")
def test_the_exact_time_is_on_hover() -> None:
    html = rendered("{{ at|ago }}", at=NOW - timedelta(minutes=2))

    assert 'datetime="2024-11-14T14:00:00+00:00"' in html
    assert 'title="14 November 2024, 14:00:00"' in html


@pytest.mark.usefixtures("at_two")
def test_the_time_of_day_names_the_day_unless_it_is_today() -> None:
    assert rendered("{{ at|when }}", at=NOW).endswith(">14:02</time>")
    assert rendered("{{ at|when }}", at=NOW - timedelta(days=2)).endswith(">12 Nov, 14:02</time>")


def test_no_time_is_no_words() -> None:
    assert rendered("{{ at|ago }}{{ at|when }}{{ at|clock }}{{ at|duration }}", at=None) == ""


def test_a_clock_shows_seconds_in_the_readers_time_zone() -> None:
    with timezone.override("Europe/Brussels"):
        assert look.clock(NOW) == "15:02:00"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (24.4, "24 s"), (89, "89 s"), (120, "2 min"), (3600, "1 h"), (3900, "1 h 5 min"), (3599, "1 h")],
)
def test_durations_are_short(seconds: float, words: str) -> None:
    assert look.duration(seconds) == words


class Asked:
    def __init__(self, variable: str) -> None:
        self.variable = variable


class OrderForm(forms.Form):
    tenant = forms.CharField(label="Customer")
    sites = forms.MultipleChoiceField(choices=[("A", "A"), ("B", "B")], required=False)
    public = forms.BooleanField(required=False)
    key = forms.CharField(widget=forms.PasswordInput(render_value=True), required=False)

    def __init__(self, data: dict[str, object] | None = None) -> None:
        super().__init__(data, prefix="a")
        for name, field in self.fields.items():
            field.question = Asked(f"_{name}")  # type: ignore[attr-defined]


def test_a_sentence_shows_what_the_form_holds() -> None:
    form = OrderForm({"a-tenant": "TEN_GAS", "a-sites": ["A", "B"], "a-public": "on"})

    assert look.answer(form, "_tenant") == look.Answer("TEN_GAS", "Customer", wrong=False)
    assert look.answer(form, "_sites").text == "A, B"
    assert look.answer(form, "_public").text == "yes"


def test_the_place_of_an_answer_is_marked_for_the_script_and_escaped() -> None:
    html = look.filled(OrderForm({"a-tenant": "<b>"}), "_tenant")

    assert html == '<span class="filled" data-fills="_tenant" data-blank="Customer">&lt;b&gt;</span>'


def test_a_blank_in_a_sentence_shows_the_label_of_its_field() -> None:
    assert look.answer(OrderForm(), "_tenant") == look.Answer("", "Customer", wrong=False)


def test_an_answer_with_an_error_is_wrong_in_the_sentence() -> None:
    assert look.answer(OrderForm({"a-tenant": ""}), "_tenant").wrong


def test_a_password_is_never_in_a_sentence() -> None:
    assert look.answer(OrderForm({"a-tenant": "x", "a-key": "s3cret"}), "_key").text == ""


def test_a_variable_that_nothing_asks_for_is_a_blank() -> None:
    assert look.answer(OrderForm(), "_region") == look.Answer("", "region", wrong=False)
