from tests.browser.alerts.test_calls import *
import pytest
for k in [k for k in globals() if k.startswith("test_")]: del globals()[k]
from crm_notify import api
@pytest.mark.parametrize("name,scheme,width,where", [("e-dialog","light",900,PAGE),("f-dialog-narrow","dark",320,PAGE+"?dir=rtl"),("g-own","light",900,OWN)])
def test_shot(name,scheme,width,where,page,urgent,call):
    bounce(urgent)
    bounce(call(text="2").notifications.get())
    page.emulate_media(color_scheme=scheme); page.set_viewport_size({"width":width,"height":700})
    if where==OWN: page.add_init_script("sessionStorage")
    page.goto(where)
    if where==OWN: page.keyboard.press("Escape")
    page.screenshot(path=f"/tmp/n/{name}.png",full_page=where==OWN)
