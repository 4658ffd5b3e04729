from tui.ui.terminal.burst import KEY_SECONDS, REST_SECONDS, Burst, Enter

TYPED = KEY_SECONDS * 2
READ = KEY_SECONDS / 100


def test_an_enter_that_was_typed_sends() -> None:
    burst = Burst()
    burst.take_key(1.0)
    assert burst.take_enter(1.0 + TYPED) is Enter.SEND


def test_an_enter_behind_a_key_is_unsure_until_the_next_key() -> None:
    burst = Burst()
    burst.take_key(1.0)
    assert burst.take_enter(1.0 + READ) is Enter.UNSURE
    assert burst.take_key(1.0 + 2 * READ)
    assert not burst.take_key(1.0 + 2 * READ + TYPED)


def test_a_paste_of_several_lines_ends_in_no_enter_that_sends() -> None:
    burst = Burst()
    burst.take_key(1.0)
    assert burst.take_enter(1.0 + READ) is Enter.UNSURE
    burst.confirm_line_end()
    burst.take_key(1.0 + 2 * READ)
    assert burst.take_enter(1.0 + 3 * READ) is Enter.LINE_END
    assert burst.take_enter(1.0 + REST_SECONDS / 2) is Enter.LINE_END


def test_after_a_rest_enter_sends_again() -> None:
    burst = Burst()
    burst.take_key(1.0)
    burst.take_enter(1.0 + READ)
    burst.confirm_line_end()
    burst.take_key(1.0 + 2 * READ)
    assert burst.take_enter(2.0 + REST_SECONDS) is Enter.SEND
