from gateway.demo import Shown, demo_page
from gateway.wording import Wording


def test_a_bare_name_makes_a_page() -> None:
    page = demo_page(Shown("路安养护云"))

    assert "<title>路安养护云</title>" in page
    assert "功能模块" not in page
    assert "当前版本" not in page


def test_what_the_vendor_wrote_is_text_and_never_markup() -> None:
    evil = '"><script>alert(1)</script>'
    page = demo_page(Shown(evil, evil, evil, (evil,), (evil,), (evil,)))

    assert page.count("<script") == demo_page(Shown("路安养护云")).count("<script")
    assert "alert(1)" in page


def test_the_products_names_stand_in_every_sentence_that_asks_for_them() -> None:
    own = Wording.load(product="路安$养护云", assistant="小路")

    assert "不在路安$养护云产品的服务范围" in own.text("turn.decline.out_of_scope")
    assert own.text("web.name") == "小路"
    assert "不在本产品的服务范围" in Wording.load().text("turn.decline.out_of_scope")
