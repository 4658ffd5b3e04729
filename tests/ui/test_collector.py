import gc

from tui.ui.collector import tune_collector


def test_what_is_there_is_left_out_of_later_collections_and_those_are_rarer() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        tune_collector()
        assert gc.get_freeze_count() > frozen
        assert all(new >= old for new, old in zip(gc.get_threshold(), before, strict=True))
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
