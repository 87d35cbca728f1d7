use super::super::page::Page;
use super::*;
use crate::setup::Build;
use crate::words::{Control, Form, Language, Row, Shown, ShownAction, Words};
use helper_core::intent::Wish;
use helper_core::view::{Field, Lamp, Scene, Step};

/// Letters as in a Korean system font at 9 points: Hangul 12 wide, everything else 7; words are not broken.
fn measure(dots: i32) -> impl Fn(&str, Letters, i32) -> Size {
    move |text, letters, width| {
        let times = if letters == Letters::Large { 4 } else { 3 };
        let wide = |text: &str| -> i32 {
            text.chars().map(|c| if c.is_ascii() { 7 } else { 12 }).sum::<i32>() * times * dots / DOTS / 3
        };
        let line = 16 * times * dots / DOTS / 3;
        // As the system breaks lines: anywhere.
        let lines = |text: &str| if width > 0 { (wide(text) - 1).max(0) / width + 1 } else { 1 };
        let widest = text.lines().map(wide).max().unwrap_or(0);
        Size { width: widest, height: text.lines().map(lines).sum::<i32>() * line }
    }
}

fn row(field: Field, label: &str, control: Control) -> Row {
    Row { field, label: label.into(), control, locked: None, note: None, wrong: false }
}

fn settings(locked: bool) -> Vec<Item> {
    let line = |field, label: &str, note: Option<&str>| Row {
        note: note.map(str::to_owned),
        ..row(field, label, Control::Line { value: "값".into(), longest: 40 })
    };
    let fact = |field, label: &str| row(field, label, Control::Fact { value: "준비됐어요".into(), lamp: Lamp::Good });
    let mut rows = vec![
        row(Field::Language, "언어", Control::Choice { chosen: "ko".into(), options: Vec::new() }),
        line(Field::Name, "이름", Some("환자 이름이나 번호는 적지 마세요.")),
        line(Field::Department, "부서", None),
        line(Field::Extension, "내선 번호", None),
        row(Field::AtLogin, "컴퓨터에 로그인하면 함께 켜기", Control::Switch { on: true }),
        row(Field::Shortcut, "바탕 화면에 아이콘 두기", Control::Switch { on: true }),
        line(Field::Mirror, "파일을 받는 서버 주소", Some("전산 담당자가 알려 준 주소가 있을 때만 적어 주세요.")),
        line(Field::Proxy, "프록시 주소", Some("비워 두면 컴퓨터에 설정된 대로 연결해요.")),
        fact(Field::State, "업데이트"),
        fact(Field::Module, "지원 프로그램"),
        fact(Field::HelperVersion, "도우미"),
    ];
    if locked {
        for row in &mut rows {
            row.locked =
                Some("병원 전산 담당자가 정해 두었어요 (HKEY_LOCAL_MACHINE\\Software\\Policies\\com.edgenext)".into());
        }
    }
    page(
        Form { step: None, rows },
        Scene::Settings,
        &["돌아가기", "지금 업데이트 확인", "연결 점검", "진단 자료 보기", "처음 설정 다시 하기"],
    )
}

fn page(form: Form, scene: Scene, buttons: &[&str]) -> Vec<Item> {
    let words = Words::of(Language::Ko);
    let shown = Shown {
        scene,
        language: Language::Ko,
        headline: "설정을 바꿀 수 있어요".into(),
        sentence: words.label(helper_core::text::TextKey::SettingsSentence),
        details: Vec::new(),
        actions: buttons.iter().map(|label| ShownAction { wish: Wish::Next, label: (*label).into() }).collect(),
        progress: None,
        problem: None,
        takes_code: false,
        form: Some(form),
        copies: Vec::new(),
        documents: Vec::new(),
    };
    Page::of(&shown, &Build::built_in().unwrap().brand, &words).items
}

fn screen(width: i32, height: i32, dots: i32) -> Screen {
    Screen { dots, room: Size { width, height }, bar: 17 * dots / DOTS }
}

fn of(items: &[Item], screen: Screen) -> Layout {
    lay_out(items, screen, &measure(screen.dots))
}

fn overlap(one: &Place, other: &Place) -> bool {
    one.x < other.x + other.size.width
        && other.x < one.x + one.size.width
        && one.y < other.bottom()
        && other.y < one.bottom()
}

/// Holds for every page on every screen.
fn sound(items: &[Item], screen: Screen) -> Layout {
    let layout = of(items, screen);
    assert!(layout.window.width <= screen.room.width && layout.window.height <= screen.room.height, "{screen:?}");
    let all = items.iter().zip(&layout.places).enumerate();
    let seen: Vec<(usize, &Item, Place)> = all.filter_map(|(at, (item, place))| Some((at, item, (*place)?))).collect();
    let bar = if layout.whole > layout.pane { screen.bar } else { 0 };
    for (at, item, place) in &seen {
        assert!(place.x >= 0 && place.size.width > 0 && place.size.height > 0, "{item:?} {place:?}");
        let right = if item.is_of_page() { layout.window.width } else { layout.window.width - bar };
        assert!(place.x + place.size.width <= right, "{item:?} is cut at the right: {place:?}");
        let (from, to) = if item.is_of_page() { (layout.pane, layout.window.height) } else { (0, layout.whole) };
        assert!(place.y >= from && place.bottom() <= to, "{item:?} is cut: {place:?} of {from}..{to}");
        if matches!(item.kind, Kind::Text) {
            let text = &layout.lines[*at];
            assert_eq!(text.replace('\n', " "), item.text, "nothing is lost between two lines");
            let needed = measure(screen.dots)(text, letters(item), place.size.width);
            assert!(needed.height <= place.size.height, "{item:?} has no room for its lines");
        }
    }
    for (at, (_, one, place)) in seen.iter().enumerate() {
        for (_, other, beside) in &seen[at + 1..] {
            let same = one.is_of_page() == other.is_of_page();
            assert!(!same || !overlap(place, beside), "{one:?} {place:?} lies on {other:?} {beside:?}");
        }
    }
    // Read from above to below, and in a line from left to right: so goes the Tab key.
    let order: Vec<(i32, i32)> =
        seen.iter().filter(|(_, item, _)| item.is_open()).map(|(_, _, at)| (at.y, at.x)).collect();
    let foot = seen.iter().filter(|(_, item, _)| item.is_open() && !item.is_of_page()).count();
    assert!(order[..foot].is_sorted() && order[foot..].is_sorted(), "{order:?}");
    layout
}

#[test]
fn nothing_is_cut_or_covered_on_any_screen() {
    // The smallest is 1024 x 600 at 150 %, and 640 x 480.
    let screens = [
        (640, 480, 96),
        (1024, 600, 96),
        (1024, 600, 144),
        (1366, 768, 120),
        (1920, 1080, 96),
        (1920, 1080, 144),
        (1920, 1080, 192),
        (3840, 2160, 288),
    ];
    for (width, height, dots) in screens {
        for locked in [false, true] {
            sound(&settings(locked), screen(width, height, dots));
        }
    }
}

#[test]
fn a_long_text_is_as_wide_as_the_page_and_never_higher_than_half_the_screen() {
    let items = page(Form { step: None, rows: Vec::new() }, Scene::Help, &["돌아가기"]);
    let reader = items.iter().position(|item| item.part == Part::Reader).unwrap();
    for (width, height, dots) in [(1914, 1000, 96), (1018, 521, 96), (1018, 521, 144)] {
        let layout = sound(&items, screen(width, height, dots));
        let place = layout.places[reader].unwrap();
        assert!(place.size.height <= height / 2 && place.size.width > layout.window.width * 9 / 10, "{place:?}");
        assert_eq!(most_scrolled(&layout), 0, "it scrolls itself");
    }
}

#[test]
fn the_settings_are_whole_on_a_usual_screen_and_scrolled_on_a_small_one() {
    // 1024 x 600 without a taskbar of 40 and a frame of 39 pixels.
    let small = sound(&settings(true), screen(1018, 521, 96));
    assert!(most_scrolled(&small) > 0 && small.pane > 300, "{small:?}");
    let usual = sound(&settings(false), screen(1914, 1000, 96));
    assert_eq!(most_scrolled(&usual), 0);
    assert_eq!(usual.window.width, WIDE);
    let fine = sound(&settings(false), screen(3828, 2000, 192));
    assert_eq!((fine.window.width, most_scrolled(&fine)), (2 * WIDE, 0));
}

#[test]
fn korean_is_broken_between_words_only() {
    let measure = measure(96);
    let lines = |text, width| in_lines(text, Letters::Plain, width, &measure);
    assert_eq!(lines("이런 번호는 적지 마세요.", 12 * 7), "이런 번호는\n적지 마세요.");
    assert_eq!(lines("하나\n둘 셋", 1000), "하나\n둘 셋");
    assert_eq!(lines("https://mirror.example/teamviewer 길어요", 60), "https://mirror.example/teamviewer\n길어요");
    assert_eq!(lines("", 60), "");
}

#[test]
fn values_stand_in_one_column_and_what_is_said_of_them_below() {
    let items = settings(true);
    let layout = sound(&items, screen(1914, 1000, 96));
    let left: Vec<i32> = items
        .iter()
        .zip(&layout.places)
        .filter(|(item, _)| matches!(item.part, Part::Value | Part::Sign))
        .filter_map(|(_, place)| place.map(|place| place.x))
        .collect();
    assert!(left.len() > 15 && left.iter().all(|x| *x == left[0]), "{left:?}");
    for (pair, places) in items.windows(2).zip(layout.places.windows(2)) {
        if let (Part::Label, [Some(label), Some(value)]) = (pair[0].part, places) {
            assert!(label.y >= value.y && label.y < value.bottom(), "level with what it names");
        }
    }
}

#[test]
fn a_note_that_comes_moves_only_what_is_below_it() {
    let form = |note: Option<&str>| {
        let line = |field, label: &str| row(field, label, Control::Line { value: String::new(), longest: 40 });
        let rows =
            vec![Row { note: note.map(str::to_owned), ..line(Field::Name, "이름") }, line(Field::Department, "부서")];
        page(Form { step: Some(Step { at: 2, of: 4 }), rows }, Scene::Wizard, &["다음", "이전", "나중에 하기"])
    };
    let wide = screen(1914, 1000, 96);
    let (without, with) = (sound(&form(None), wide), sound(&form(Some("적지 마세요.")), wide));
    assert!(with.window.height > without.window.height);
    let note = with.places.iter().zip(&without.places).position(|(with, without)| with.is_some() && without.is_none());
    assert_eq!(with.places[..note.unwrap()], without.places[..note.unwrap()]);
}

#[test]
fn what_gets_the_keyboard_comes_into_sight_and_no_further() {
    let items = settings(true);
    let layout = of(&items, screen(1018, 521, 96));
    let last = items.iter().rposition(|item| matches!(item.kind, Kind::Line { .. })).unwrap();
    let place = layout.places[last].unwrap();
    let scrolled = bring_into_sight(&layout, &place, 0, 96);
    assert!(place.y >= scrolled && place.bottom() <= scrolled + layout.pane, "{place:?} {scrolled}");
    assert_eq!(bring_into_sight(&layout, &place, scrolled, 96), scrolled, "already there");
    let first = layout.places[3].unwrap();
    assert!(first.y >= bring_into_sight(&layout, &first, scrolled, 96));
}

#[test]
fn it_is_scrolled_from_end_to_end_and_not_beyond() {
    let layout = of(&settings(true), screen(1018, 521, 96));
    let most = most_scrolled(&layout);
    let by = |now, turn| turned(&layout, now, turn, 96);
    assert_eq!([by(0, Turn::LineUp), by(0, Turn::PageUp), by(0, Turn::To(-5)), by(9, Turn::Wheel(120))], [0; 4]);
    assert_eq!([by(most, Turn::LineDown), by(0, Turn::To(i32::MAX)), by(most, Turn::Wheel(-120))], [most; 3]);
    assert!(by(0, Turn::LineDown) > 0 && by(0, Turn::PageDown) > by(0, Turn::LineDown));
}

#[test]
fn the_window_is_in_the_middle_at_first_and_stays_whole_on_its_monitor() {
    let room = Place::new(1920, 0, 1024, 560);
    let wanted = Size { width: 576, height: 500 };
    assert_eq!(within(&room, None, wanted), Place { x: 1920 + 224, y: 30, size: wanted });
    let moved = Place::new(2800, 100, 576, 400);
    assert_eq!(within(&room, Some(&moved), wanted), Place { x: 2944 - 576, y: 60, size: wanted });
    let stays = Place::new(1930, 10, 576, 400);
    assert_eq!(within(&room, Some(&stays), wanted), Place { x: 1930, y: 10, size: wanted });
}
