use super::*;
use crate::faces::dialogs::page::Page;
use crate::setup::Build;
use crate::words::{Form, Language, ShownAction};
use helper_core::diagnostics::Document;
use helper_core::intent::{Answer, Intent, Refusal};
use helper_core::view::Step;

fn words() -> Words {
    Words::of(Language::Ko)
}

fn brand() -> Brand {
    Build::built_in().unwrap().brand
}

fn row(field: Field, label: &str, control: Control) -> Row {
    Row { field, label: label.into(), control, locked: None, note: None, wrong: false }
}

fn line(field: Field, value: &str) -> Row {
    row(field, "이름", Control::Line { value: value.into(), longest: 40 })
}

fn language(chosen: &str) -> Row {
    let option = |value: &str| Choice { value: value.into(), label: value.into() };
    row(Field::Language, "언어", Control::Choice { chosen: chosen.into(), options: vec![option("ko"), option("en")] })
}

fn at_login(on: bool) -> Row {
    row(Field::AtLogin, "로그인하면 함께 켜기", Control::Switch { on })
}

fn shown(rows: Vec<Row>) -> Shown {
    Shown {
        scene: Scene::Settings,
        language: Language::Ko,
        headline: "설정".into(),
        sentence: "바꾸면 바로 저장돼요".into(),
        details: Vec::new(),
        actions: vec![
            ShownAction { wish: Wish::ClosePage, label: "돌아가기".into() },
            ShownAction { wish: Wish::CheckNow, label: "확인 & 받기".into() },
        ],
        progress: None,
        problem: None,
        takes_code: false,
        form: Some(Form { step: None, rows }),
        copies: Vec::new(),
        documents: Vec::new(),
    }
}

fn page(rows: Vec<Row>) -> Page {
    Page::of(&shown(rows), &brand(), &words())
}

fn place(desk: &Desk, field: Field) -> usize {
    let is_it = |item: &Item| matches!(&item.does, Does::Change(one, _) if *one == field);
    desk.page().items.iter().position(is_it).unwrap()
}

fn change(field: Field, value: &str) -> Intent {
    Intent::Change { field, value: value.into() }
}

#[test]
fn everything_is_on_the_page_in_the_order_in_which_it_is_read() {
    let rows = vec![language("ko"), line(Field::Name, "김"), at_login(true)];
    let items = page(rows).items;
    let parts: Vec<Part> = items.iter().map(|item| item.part).filter(|part| *part != Part::Sign).collect();
    let notes = [Part::Note, Part::Note];
    let named = [Part::Label, Part::Value, Part::Note, Part::Note];
    let all: [&[Part]; 6] = [
        &[Part::Headline, Part::Sentence],
        &named,
        &named,
        &[Part::Value],
        &notes,
        &[Part::Note, Part::Button, Part::Button],
    ];
    assert_eq!(parts, all.concat());
    let main: Vec<bool> = items.iter().map(|item| item.kind == Kind::Push { main: true }).collect();
    assert_eq!(main.iter().filter(|main| **main).count(), 1, "one button is pressed by Enter");
    let first = items.iter().position(|item| item.does == Does::Wish(Wish::ClosePage)).unwrap();
    assert!(main[first], "the first one");
    assert_eq!(items[first + 1].caption(), "확인 && 받기", "no letter is the button's key by chance");
    let check = items.iter().find(|item| matches!(item.kind, Kind::Check { .. })).unwrap();
    assert_eq!(check.text, "로그인하면 함께 켜기", "a check box carries its own name");
    assert!(
        items[2].kind == Kind::Text && matches!(items[3].kind, Kind::List { .. }),
        "what names a control stands before it"
    );
}

#[test]
fn a_card_without_anything_to_answer_stays_a_dialog_of_the_system() {
    let card = Shown { form: None, ..shown(Vec::new()) };
    assert!(!Page::of(&card, &brand(), &words()).has_items());
    assert!(page(Vec::new()).has_items());
}

#[test]
fn a_step_is_said_with_its_number_and_another_step_is_another_page() {
    let step = |at| {
        let form = Some(Form { step: Some(Step { at, of: 4 }), rows: vec![line(Field::Name, "")] });
        Page::of(&Shown { scene: Scene::Wizard, form, ..shown(Vec::new()) }, &brand(), &words())
    };
    assert_eq!(step(2).items[0].text, "단계 2 / 4");
    let mut desk = Desk::new(step(2));
    assert_eq!(desk.follow(step(2)), News::Same(Vec::new()));
    assert_eq!(desk.follow(step(3)), News::Another);
}

#[test]
fn what_is_locked_says_by_whom_and_tells_nothing() {
    let locked = |row: Row| Row { locked: Some("병원에서 정했어요".into()), ..row };
    let page = page(vec![locked(language("ko")), locked(line(Field::Name, "김")), locked(at_login(true))]);
    let said = page.items.iter().filter(|item| item.text == "병원에서 정했어요").count();
    assert_eq!(said, 3);
    let padlocks = page.items.iter().filter(|item| item.kind == Kind::Sign { sign: Sign::Lock, seen: true }).count();
    assert_eq!(padlocks, 3);
    let values: Vec<usize> = (0..page.items.len()).filter(|place| page.items[*place].part == Part::Value).collect();
    let mut desk = Desk::new(page);
    for place in &values {
        assert!(!desk.page().items[*place].is_open());
        assert_eq!(desk.leaves(*place, "박"), None);
        assert_eq!(desk.chooses(*place, 1), None);
    }
    assert_eq!(desk.first(), Some(desk.page().items.len() - 2), "the first button has the keyboard");
}

#[test]
fn a_line_is_told_when_it_is_left_and_only_when_it_is_another() {
    let mut desk = Desk::new(page(vec![line(Field::Name, "김")]));
    let name = place(&desk, Field::Name);
    assert_eq!(desk.first(), Some(name));
    assert_eq!(desk.leaves(name, "김"), None);
    desk.types(name);
    assert_eq!(desk.leaves(name, "김하늘"), Some(change(Field::Name, "김하늘")));
    assert_eq!(desk.leaves(name, "김하늘"), None, "once");
    desk.types(name);
    assert_eq!(desk.leaves(name, ""), Some(change(Field::Name, "")));
}

#[test]
fn what_is_being_typed_outlives_another_state_and_another_language() {
    let mut desk = Desk::new(page(vec![language("ko"), line(Field::Name, "")]));
    let name = place(&desk, Field::Name);
    desk.types(name);
    let mut english = shown(vec![language("en"), line(Field::Name, "")]);
    english.headline = "Settings".into();
    let News::Same(changes) = desk.follow(Page::of(&english, &brand(), &Words::of(Language::En))) else {
        panic!("the same page")
    };
    assert!(changes.contains(&(0, Change::Says("Settings".into()))));
    assert!(
        changes.contains(&(place(&desk, Field::Language), Change::Offers(vec!["ko".into(), "en".into()], Some(1))))
    );
    assert!(changes.iter().all(|(place, _)| *place != name), "{changes:?}");
    // Kept as something else meanwhile: what is being typed is still what the person wants.
    let News::Same(changes) = desk.follow(page(vec![language("en"), line(Field::Name, "박")])) else { panic!() };
    assert!(changes.iter().all(|(place, _)| *place != name), "{changes:?}");
    assert_eq!(desk.leaves(name, "김"), Some(change(Field::Name, "김")));
    // Kept without the spaces around it.
    let News::Same(changes) = desk.follow(page(vec![language("en"), line(Field::Name, "김")])) else { panic!() };
    assert!(changes.contains(&(name, Change::Says("김".into()))));
}

#[test]
fn a_refused_line_stays_to_be_mended_is_marked_by_words_and_holds_the_page_once() {
    let mut desk = Desk::new(page(vec![line(Field::Name, "")]));
    let (name, button) = (place(&desk, Field::Name), desk.page().items.len() - 2);
    desk.types(name);
    assert!(desk.leaves(name, "900101-1234567").is_some());
    desk.answered(name, Some(Answer::Refused(Refusal::Unfit)));
    let refused = Row { wrong: true, note: Some("적지 마세요".into()), ..line(Field::Name, "") };
    let News::Same(changes) = desk.follow(page(vec![refused.clone()])) else { panic!("the same page") };
    let mark = words().ui("ui.lamp.attention").unwrap().to_owned();
    assert_eq!(changes, [(name + 4, Change::Says(format!("{mark}: 적지 마세요")))]);
    assert_eq!(desk.page().items[name + 3].kind, Kind::Sign { sign: Sign::Warning, seen: true });
    assert_eq!(desk.presses(button), Press::Look(name), "it would be lost unseen");
    assert_eq!(desk.leaves(name, "900101-1234567"), None, "not sent twice");
    assert_eq!(desk.presses(button), Press::Wish(Wish::ClosePage), "nobody is held for ever");

    desk.answered(name, Some(Answer::Refused(Refusal::Unfit)));
    desk.types(name);
    assert_eq!(desk.leaves(name, "김"), Some(change(Field::Name, "김")));
    desk.answered(name, Some(Answer::Accepted));
    assert_eq!(desk.presses(button), Press::Wish(Wish::ClosePage), "mended");
}

#[test]
fn a_choice_and_a_switch_are_told_at_once_and_go_back_when_refused() {
    let mut desk = Desk::new(page(vec![language("ko"), at_login(false)]));
    let (list, check) = (place(&desk, Field::Language), place(&desk, Field::AtLogin));
    assert_eq!(desk.chooses(list, 0), None, "it holds already");
    assert_eq!(desk.chooses(list, 1), Some(change(Field::Language, "en")));
    assert_eq!(desk.chooses(check, 1), Some(change(Field::AtLogin, "on")));
    assert_eq!(desk.follow(page(vec![language("ko"), at_login(false)])), News::Same(Vec::new()), "under way");
    let refused = Row { wrong: true, note: Some("저장하지 못했어요".into()), ..at_login(false) };
    let News::Same(changes) = desk.follow(page(vec![language("en"), refused])) else { panic!("the same page") };
    assert!(changes.contains(&(check, Change::Is(false))), "{changes:?}");
    assert_eq!(desk.chooses(check, 1), Some(change(Field::AtLogin, "on")), "it can be tried again");
    assert_eq!(desk.chooses(list, 0), Some(change(Field::Language, "ko")));
}

#[test]
fn escape_takes_back_what_is_typed_before_it_closes() {
    let mut desk = Desk::new(page(vec![line(Field::Name, "김")]));
    let name = place(&desk, Field::Name);
    assert_eq!(desk.takes_back(name, "김"), None);
    desk.types(name);
    assert_eq!(desk.takes_back(name, "김하"), Some("김".into()));
    assert_eq!(desk.takes_back(name, "김"), None);
    assert_eq!(desk.leaves(name, "김"), None);
}

#[test]
fn a_line_to_copy_has_a_button_that_says_what_it_copies() {
    let copy = |copied| Copy { field: Field::Name, label: "이름".into(), value: "김하늘".into(), copied };
    let card = |copied| {
        let card = Shown { scene: Scene::Running, form: None, copies: vec![copy(copied)], ..shown(Vec::new()) };
        Page::of(&card, &brand(), &words())
    };
    let mut desk = Desk::new(card(false));
    let button = desk.page().items.iter().position(|item| item.part == Part::Beside).unwrap();
    assert_eq!(desk.page().items[button].text, "복사: 이름");
    assert_eq!(desk.presses(button), Press::Copy(Field::Name));
    let copied = words().ui("ui.copied").unwrap().to_owned();
    assert_eq!(desk.follow(card(true)), News::Same(vec![(button + 1, Change::Says(copied))]));
}

#[test]
fn enter_presses_the_button_that_has_the_keyboard_otherwise_the_main_one() {
    let desk = Desk::new(page(vec![line(Field::Name, "")]));
    let main = desk.page().items.len() - 2;
    assert_eq!(desk.pressed_by_enter(None), Some(main));
    assert_eq!(desk.pressed_by_enter(Some(place(&desk, Field::Name))), Some(main));
    assert_eq!(desk.pressed_by_enter(Some(main + 1)), Some(main + 1));
}

#[test]
fn the_guides_are_read_one_at_a_time_and_in_the_language_that_holds() {
    let help = |language| {
        let shown = Shown { scene: Scene::Help, form: None, language, ..shown(Vec::new()) };
        Page::of(&shown, &brand(), &Words::of(language))
    };
    let mut desk = Desk::new(help(Language::Ko));
    let list = desk.first().unwrap();
    let Kind::List { options, chosen, .. } = &desk.page().items[list].kind else { panic!("a list first") };
    assert_eq!((options.len(), *chosen), (3, Some(0)));
    let staff = desk.page().items[list + 1].text.clone();
    assert_eq!(desk.chooses(list, 2), None, "the helper is told nothing");
    let (place, it) = desk.reads(list, 2).unwrap();
    assert!(place == list + 1 && it != staff && it.contains("\r\n") && !it.contains("\r\r"));
    assert_eq!(desk.follow(help(Language::Ko)), News::Same(Vec::new()), "it goes on being read");
    let News::Same(changes) = desk.follow(help(Language::En)) else { panic!("the same page") };
    let english = guides(&brand(), &Words::of(Language::En)).remove(2).1.replace('\n', "\r\n");
    assert!(changes.contains(&(place, Change::Says(english))));
    assert!(changes.iter().any(|(_, change)| matches!(change, Change::Offers(_, Some(2)))));
}

#[test]
fn what_a_file_will_hold_is_read_whole() {
    let document = |name: &str, text: &str| Document { name: name.into(), text: text.into() };
    let documents = vec![document("about.txt", "helper: 0.1.0\n"), document("log.txt", "")];
    let card = Shown { scene: Scene::Diagnostics, form: None, documents, ..shown(Vec::new()) };
    let mut desk = Desk::new(Page::of(&card, &brand(), &words()));
    let list = desk.first().unwrap();
    assert_eq!(desk.page().items[list + 1].caption(), "helper: 0.1.0\r\n");
    assert_eq!(desk.reads(list, 1), Some((list + 1, String::new())));
}

#[test]
fn what_could_not_be_done_is_said_until_something_can() {
    let mut desk = Desk::new(page(vec![line(Field::Name, "")]));
    let said = desk.page().items.iter().rposition(|item| item.part == Part::Note).unwrap();
    desk.answered(0, None);
    let not_done = words().ui("ui.not_done").unwrap().to_owned();
    let same = || page(vec![line(Field::Name, "")]);
    assert_eq!(desk.follow(same()), News::Same(vec![(said, Change::Says(not_done))]));
    desk.answered(0, Some(Answer::Accepted));
    assert_eq!(desk.follow(same()), News::Same(vec![(said, Change::Says(String::new()))]));
}
