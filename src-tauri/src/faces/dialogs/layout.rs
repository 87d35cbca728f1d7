//! Where the controls of a window of our own stand: told from what they say and how wide the letters are, without a system.
//!
//! Labels stand in a column at the left, what they name at the right of it; what is said of a value stands under it. The page's buttons
//! are below and always in sight; what is above them is scrolled where it does not fit. Distances follow Microsoft Learn, "Layout" (Windows
//! desktop design): 11 pixels at the edge, 7 between related controls, at 96 dots per inch.

use super::form::{Item, Kind, Part};

/// Dots per inch at which a pixel is a pixel.
pub const DOTS: i32 = 96;
/// How wide the window wants to be inside.
const WIDE: i32 = 560;
const EDGE: i32 = 14;
const RELATED: i32 = 7;
const CLOSE: i32 = 3;
/// The room that a label may take of the width, in hundredths.
const LABELS: i32 = 36;
/// What a button has on either side of its words, and how narrow it may be.
const BUTTON_SIDE: i32 = 14;
const BUTTON_LEAST: i32 = 80;
/// What a field or a button has above and below its words together.
const FIELD_AIR: i32 = 8;
/// How high a long text is, and how low it may be on a small screen.
const PAGES: (i32, i32) = (300, 120);
/// A drawing beside a note.
const SIGN: i32 = 16;
/// What a check box takes before its words.
const BOX: i32 = 20;

/// Width and height, in pixels of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// To the right.
    pub width: i32,
    /// Downwards.
    pub height: i32,
}

/// Where something stands, in pixels of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Its size.
    pub size: Size,
}

impl Place {
    const fn new(x: i32, y: i32, width: i32, height: i32) -> Self {
        Self { x, y, size: Size { width, height } }
    }

    /// Its lower edge.
    pub const fn bottom(&self) -> i32 {
        self.y + self.size.height
    }
}

/// Which letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// Those of every control.
    Plain,
    /// Those of the headline.
    Large,
}

/// How large the letters of an item are.
pub const fn letters(item: &Item) -> Letters {
    if matches!(item.part, Part::Headline) { Letters::Large } else { Letters::Plain }
}

/// The screen that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Dots per inch of the monitor.
    pub dots: i32,
    /// The most that the inside of the window may take.
    pub room: Size,
    /// How wide a scroll bar is.
    pub bar: i32,
}

/// How large a text is when its lines may be so wide (0: one line, however wide).
pub type Measure<'a> = &'a dyn Fn(&str, Letters, i32) -> Size;

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The inside of the window.
    pub window: Size,
    /// How high the part above the buttons is on the screen, as wide as the window.
    pub pane: i32,
    /// How high that part would be whole: more than `pane` is scrolled.
    pub whole: i32,
    /// Every item: those of the part above in that part, the page's buttons in the window. `None` is not seen.
    pub places: Vec<Option<Place>>,
    /// What is written for every item that is only read: its words in lines that fit. Korean is not broken inside a word, as the system
    /// would do it.
    pub lines: Vec<String>,
}

/// Lays the items out.
pub fn lay_out(items: &[Item], screen: Screen, measure: Measure<'_>) -> Layout {
    let without_bar = try_out(items, screen, 0, measure);
    if without_bar.whole > without_bar.pane { try_out(items, screen, screen.bar, measure) } else { without_bar }
}

/// How far a part of this height is scrolled at most.
pub const fn most_scrolled(layout: &Layout) -> i32 {
    let more = layout.whole - layout.pane;
    if more > 0 { more } else { 0 }
}

/// How far it has to be scrolled so that this is in sight, when it is scrolled so far now.
pub fn bring_into_sight(layout: &Layout, place: &Place, now: i32, dots: i32) -> i32 {
    // With what is said of it, if that is short.
    let air = 2 * EDGE * dots / DOTS;
    let (from, to) = (place.y - air, place.bottom() + air);
    // The upper edge counts more: there the words begin.
    let scrolled = now.max(to - layout.pane).min(from);
    scrolled.clamp(0, most_scrolled(layout))
}

/// How the part above the buttons is scrolled by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// By a line.
    LineUp,
    /// By a line.
    LineDown,
    /// By nearly all that is in sight.
    PageUp,
    /// By nearly all that is in sight.
    PageDown,
    /// The wheel of the mouse; 120 is a notch away from the person (Microsoft Learn, "WM_MOUSEWHEEL message").
    Wheel(i32),
    /// To there.
    To(i32),
}

/// How far it is scrolled then.
pub fn turned(layout: &Layout, now: i32, turn: Turn, dots: i32) -> i32 {
    let line = 20 * dots / DOTS;
    let to = match turn {
        Turn::LineUp => now - line,
        Turn::LineDown => now + line,
        Turn::PageUp => now - (layout.pane - line).max(line),
        Turn::PageDown => now + (layout.pane - line).max(line),
        Turn::Wheel(by) => now - 3 * line * by / 120,
        Turn::To(place) => place,
    };
    to.clamp(0, most_scrolled(layout))
}

/// Where a window of this size stands in this room: where it is, as far as it is whole there; without a place in the middle.
pub fn within(room: &Place, now: Option<&Place>, wanted: Size) -> Place {
    let (most_x, most_y) = (
        (room.x + room.size.width - wanted.width).max(room.x),
        (room.y + room.size.height - wanted.height).max(room.y),
    );
    match now {
        Some(now) => Place { x: now.x.clamp(room.x, most_x), y: now.y.clamp(room.y, most_y), size: wanted },
        None => Place { x: room.x + (most_x - room.x) / 2, y: room.y + (most_y - room.y) / 2, size: wanted },
    }
}

fn try_out(items: &[Item], screen: Screen, bar: i32, measure: Measure<'_>) -> Layout {
    let px = |at_96: i32| at_96 * screen.dots / DOTS;
    let width = px(WIDE).min(screen.room.width);
    let mut layout = Layout { window: Size { width, height: 0 }, places: vec![None; items.len()], ..Layout::default() };
    layout.lines = vec![String::new(); items.len()];
    let mut column = Column::new(items, px(EDGE), width - px(EDGE) - bar, screen.dots, measure);
    column.pages = (screen.room.height * 2 / 5).clamp(px(PAGES.1), px(PAGES.0));
    for (place, item) in items.iter().enumerate().filter(|(_, item)| item.part != Part::Button) {
        layout.places[place] = column.stand(item, &items[place + 1..]);
        if let Some(at) = layout.places[place].filter(|_| matches!(item.kind, Kind::Text)) {
            layout.lines[place] = in_lines(&item.text, letters(item), at.size.width, measure);
        }
    }
    layout.whole = column.end() + px(EDGE);
    let (foot, places) = buttons(items, width, screen.dots, measure);
    layout.pane = layout.whole.min((screen.room.height - foot).max(0));
    layout.window.height = layout.pane + foot;
    for (place, at) in places {
        layout.places[place] = Some(Place { y: at.y + layout.pane, ..at });
    }
    layout
}

/// The text with its lines broken between words. A word that is longer than a line is left to the system.
fn in_lines(text: &str, letters: Letters, width: i32, measure: Measure<'_>) -> String {
    let fits = |line: &str| measure(line, letters, 0).width <= width;
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || fits(&longer) {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// The page's buttons at the right, in as many lines as they need; how high that is.
fn buttons(items: &[Item], width: i32, dots: i32, measure: Measure<'_>) -> (i32, Vec<(usize, Place)>) {
    let px = |at_96: i32| at_96 * dots / DOTS;
    let (edge, gap) = (px(EDGE), px(RELATED));
    let mut lines: Vec<Vec<(usize, i32)>> = Vec::new();
    let mut left = 0;
    let mut height = 0;
    for (place, item) in items.iter().enumerate().filter(|(_, item)| item.part == Part::Button) {
        let words = measure(&item.text, Letters::Plain, 0);
        let wide = (words.width + 2 * px(BUTTON_SIDE)).max(px(BUTTON_LEAST)).min(width - 2 * edge);
        height = height.max(words.height + px(FIELD_AIR));
        match lines.last_mut() {
            Some(line) if left >= gap + wide => {
                line.push((place, wide));
                left -= gap + wide;
            }
            _ => {
                lines.push(vec![(place, wide)]);
                left = width - 2 * edge - wide;
            }
        }
    }
    let mut y = gap;
    let mut places = Vec::new();
    for line in lines {
        let all: i32 = line.iter().map(|(_, wide)| wide).sum();
        let gaps = gap * i32::try_from(line.len().saturating_sub(1)).unwrap_or(0);
        let mut x = width - edge - all - gaps;
        for (place, wide) in line {
            places.push((place, Place::new(x, y, wide, height)));
            x += wide + gap;
        }
        y += height + gap;
    }
    let foot = if places.is_empty() { 0 } else { y - gap + edge };
    (foot, places)
}

/// What stands below each other above the buttons.
struct Column<'a> {
    measure: Measure<'a>,
    dots: i32,
    left: i32,
    right: i32,
    /// Where values begin.
    values: i32,
    /// Where the next one begins.
    y: i32,
    /// The label that the next value stands beside: its upper and its lower edge.
    label: Option<(i32, i32)>,
    /// The lowest edge so far.
    lowest: i32,
    /// What stood there last was only a note, or the step before the headline.
    close: bool,
    /// It was only read.
    read: bool,
    /// Where the value is that a button stands beside.
    beside: Option<i32>,
    /// Buttons beside values are all as wide as the widest.
    button: i32,
    /// How high a long text is.
    pages: i32,
    /// What the sign before the next note takes of its line.
    sign: i32,
}

impl<'a> Column<'a> {
    fn new(items: &[Item], left: i32, right: i32, dots: i32, measure: Measure<'a>) -> Self {
        let labels = items.iter().filter(|item| item.part == Part::Label);
        let widest = labels.map(|item| measure(&item.text, Letters::Plain, 0).width).max();
        let values =
            widest.map_or(left, |widest| left + widest.min((right - left) * LABELS / 100) + 2 * RELATED * dots / DOTS);
        let y = EDGE * dots / DOTS;
        let buttons = items.iter().filter(|item| item.part == Part::Beside);
        let button = buttons.map(|item| measure(&item.text, Letters::Plain, 0).width).max();
        let button = (button.unwrap_or(0) + 2 * BUTTON_SIDE * dots / DOTS).max(BUTTON_LEAST * dots / DOTS);
        Self {
            measure,
            dots,
            left,
            right,
            values,
            y,
            label: None,
            lowest: y,
            close: true,
            read: false,
            beside: None,
            button,
            pages: PAGES.1,
            sign: 0,
        }
    }

    fn px(&self, at_96: i32) -> i32 {
        at_96 * self.dots / DOTS
    }

    const fn end(&self) -> i32 {
        self.lowest
    }

    /// Begins below everything, so far away.
    fn below(&mut self, away: i32) {
        if !self.close {
            self.y = self.lowest + self.px(away);
        }
        self.close = false;
    }

    fn put(&mut self, x: i32, y: i32, size: Size) -> Option<Place> {
        self.lowest = self.lowest.max(y + size.height);
        Some(Place { x, y, size })
    }

    fn words(&mut self, item: &Item, x: i32, y: i32) -> Option<Place> {
        let size = self.of_words(item, self.right - x);
        self.put(x, y, size)
    }

    /// How large words are in lines that fit.
    fn of_words(&self, item: &Item, width: i32) -> Size {
        let lines = in_lines(&item.text, letters(item), width, self.measure);
        Size { width, height: (self.measure)(&lines, letters(item), width).height }
    }

    /// Where this item stands; those behind it may share its line.
    fn stand(&mut self, item: &Item, behind: &[Item]) -> Option<Place> {
        let next = behind.first();
        if item.text.is_empty() && matches!(item.kind, Kind::Text) && item.part != Part::Value {
            return None;
        }
        match item.part {
            Part::Step | Part::Headline | Part::Sentence | Part::Detail => {
                self.below(RELATED);
                let (left, y) = (self.left, self.y);
                let place = self.words(item, left, y);
                // The sentence ends the head of the page: more air before the values.
                if item.part == Part::Sentence && next.is_some_and(|next| next.part != Part::Detail) {
                    self.lowest += self.px(RELATED);
                }
                place
            }
            Part::Heading => {
                self.below(2 * RELATED);
                let (left, y) = (self.left, self.y);
                self.words(item, left, y)
            }
            Part::Reader => {
                self.below(RELATED);
                let size = Size { width: self.right - self.left, height: self.pages };
                self.put(self.left, self.y, size)
            }
            Part::Label => self.label_of(item, behind),
            Part::Value => self.value(item, next),
            Part::Beside => {
                let (size, y) = (self.button(), self.beside.take().unwrap_or(self.y));
                self.put(self.right - size.width, y, size)
            }
            // It stands before the first line of its note.
            Part::Sign => {
                let seen = matches!(item.kind, Kind::Sign { seen: true, .. });
                let size = Size { width: self.px(SIGN), height: self.px(SIGN) };
                self.sign = if seen { size.width + self.px(RELATED) * 2 / 3 } else { 0 };
                seen.then_some(Place { x: self.values, y: self.lowest + self.px(CLOSE), size })
            }
            Part::Note => {
                let sign = std::mem::take(&mut self.sign);
                let (x, y) = (self.values + sign, self.lowest + self.px(CLOSE));
                if sign > 0 {
                    self.lowest = y + self.px(SIGN);
                }
                self.words(item, x, y)
            }
            Part::Button => None,
        }
    }

    fn field_height(&self) -> i32 {
        (self.measure)("가", Letters::Plain, 0).height + self.px(FIELD_AIR)
    }

    fn button(&self) -> Size {
        Size { width: self.button, height: self.field_height() }
    }

    fn label_of(&mut self, item: &Item, behind: &[Item]) -> Option<Place> {
        let beside = behind.get(1).is_some_and(|item| item.part == Part::Beside);
        let text = behind.first().is_some_and(|next| matches!(next.kind, Kind::Text)) && !beside;
        // Facts that follow each other stand closer than fields.
        self.below(match (text, self.read) {
            (true, true) => CLOSE + 1,
            // What is only read begins apart from what can be answered.
            (true, false) => 2 * RELATED,
            (false, _) => RELATED,
        });
        self.read = text;
        let width = self.values - self.left - self.px(RELATED);
        let size = self.of_words(item, width);
        // Its first line is level with what stands in the field.
        let down = if text { 0 } else { self.px(FIELD_AIR) / 2 };
        let y = self.y + down;
        self.label = Some((self.y, y + size.height));
        self.put(self.left, y, size)
    }

    fn value(&mut self, item: &Item, next: Option<&Item>) -> Option<Place> {
        match self.label.take() {
            Some((upper, _)) => self.y = upper,
            None => {
                self.below(RELATED);
                self.read = false;
            }
        }
        let (x, y) = (self.values, self.y);
        let beside = next.filter(|next| next.part == Part::Beside).map(|_| self.button());
        let width = self.right - x - beside.map_or(0, |button| button.width + self.px(RELATED));
        let words = |width| (self.measure)(&item.text, Letters::Plain, width);
        let size = match item.kind {
            Kind::Text => self.of_words(item, width),
            Kind::Check { .. } => {
                let height = words(width - self.px(BOX)).height;
                Size { width, height: height + self.px(FIELD_AIR) / 2 }
            }
            Kind::Line { .. } | Kind::List { .. } | Kind::Pages | Kind::Push { .. } | Kind::Sign { .. } => {
                Size { width, height: self.field_height() }
            }
        };
        // A value beside a button is level with the words on it.
        let down = beside.map_or(0, |_| self.px(FIELD_AIR) / 2);
        self.beside = beside.map(|_| y);
        self.put(x, y + down, size)
    }
}

#[cfg(test)]
mod tests;
