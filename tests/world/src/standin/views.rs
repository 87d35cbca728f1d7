//! What the two windows look like.

use embedded_graphics::mono_font::ascii::{FONT_7X13, FONT_8X13, FONT_8X13_BOLD, FONT_9X18_BOLD, FONT_10X20};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Point, RgbColor, Size};
use embedded_graphics::primitives::Rectangle;

use super::paint::Canvas;
use super::{Life, Role};

const PAPER: Rgb888 = Rgb888::new(0xf4, 0xf6, 0xf9);
const INK: Rgb888 = Rgb888::new(0x22, 0x2b, 0x38);
const FAINT: Rgb888 = Rgb888::new(0x6b, 0x76, 0x86);
const LINE: Rgb888 = Rgb888::new(0xb8, 0xc2, 0xd0);
const BRAND: Rgb888 = Rgb888::new(0x0b, 0x4f, 0x9c);
const PALE: Rgb888 = Rgb888::new(0xcf, 0xe1, 0xf7);
const GOOD: Rgb888 = Rgb888::new(0x2a, 0x8c, 0x4a);
const DEAD: Rgb888 = Rgb888::new(0xb3, 0x26, 0x1e);

/// The code that the vendor's window shows when its session is over.
const DEAD_CODE: &str = "s00-000-000";

impl Role {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::QuickSupport => "EDGE&NEXT Support",
            Self::Full => "TeamViewer",
        }
    }

    pub(crate) fn size(self) -> (u32, u32) {
        match self {
            Self::QuickSupport => (360, 420),
            Self::Full => (520, 340),
        }
    }

    /// Apart from each other, so that both are seen where no window manager places them.
    pub(crate) fn position(self) -> (i32, i32) {
        match self {
            Self::QuickSupport => (40, 60),
            Self::Full => (440, 100),
        }
    }

    /// Whether a click at this point ends the program.
    pub(crate) fn ends_at(self, x: i32, y: i32) -> bool {
        self == Self::QuickSupport && cancel_button().contains(Point::new(x, y))
    }

    /// Draws the window.
    pub(crate) fn draw(self, canvas: &mut Canvas<'_>, life: &Life) {
        canvas.fill(PAPER);
        match self {
            Self::QuickSupport => quick_support(canvas, life),
            Self::Full => full(canvas, life),
        }
    }
}

fn cancel_button() -> Rectangle {
    Rectangle::new(Point::new(240, 378), Size::new(104, 30))
}

fn field(x: i32, y: i32, w: u32, h: u32) -> Rectangle {
    Rectangle::new(Point::new(x, y), Size::new(w, h))
}

fn quick_support(canvas: &mut Canvas<'_>, life: &Life) {
    let dead = life.shown_code() == DEAD_CODE;
    canvas.area(0, 0, 360, 54, BRAND);
    canvas.text(16, 8, &FONT_10X20, Rgb888::WHITE, "EDGE&NEXT Support");
    canvas.text(16, 32, &FONT_7X13, PALE, "QuickSupport (stand-in)");

    canvas.text(16, 64, &FONT_8X13_BOLD, INK, "Your name");
    canvas.frame(field(16, 80, 328, 26), Rgb888::WHITE, LINE);
    canvas.text(24, 86, &FONT_8X13, INK, "WARD-PC-07");

    canvas.text(16, 116, &FONT_8X13_BOLD, INK, "Description");
    canvas.frame(field(16, 132, 328, 40), Rgb888::WHITE, LINE);
    canvas.text(24, 139, &FONT_8X13, FAINT, "What do you need help with?");

    canvas.text(16, 184, &FONT_8X13_BOLD, INK, "Session code");
    let color = if dead { DEAD } else { BRAND };
    canvas.frame(field(16, 200, 328, 52), Rgb888::WHITE, if dead { DEAD } else { LINE });
    let width = i32::try_from(life.shown_code().len()).unwrap_or(0) * 20;
    canvas.large(180 - width / 2, 206, &FONT_10X20, color, life.shown_code());

    canvas.text(16, 262, &FONT_8X13_BOLD, INK, "Chat");
    canvas.frame(field(16, 278, 328, 90), Rgb888::WHITE, LINE);
    canvas.text(
        24,
        286,
        &FONT_7X13,
        FAINT,
        if dead { "The session is over." } else { "A supporter will join you here." },
    );
    canvas.area(17, 340, 326, 1, LINE);
    canvas.text(24, 347, &FONT_7X13, FAINT, "Write a message ...");

    let (dot, status) = match (dead, life.plan.in_use) {
        (true, _) => (DEAD, "No session"),
        (false, true) => (BRAND, "Supporter connected"),
        (false, false) => (GOOD, "Waiting for supporter"),
    };
    canvas.frame(field(16, 388, 11, 11), dot, dot);
    canvas.text(34, 387, &FONT_8X13, INK, status);
    canvas.frame(cancel_button(), Rgb888::WHITE, BRAND);
    canvas.text(265, 384, &FONT_9X18_BOLD, BRAND, "Cancel");
}

fn full(canvas: &mut Canvas<'_>, life: &Life) {
    canvas.area(0, 0, 520, 54, INK);
    canvas.text(16, 8, &FONT_10X20, Rgb888::WHITE, "TeamViewer Full (stand-in)");
    canvas.text(16, 32, &FONT_7X13, LINE, "Remote control");

    canvas.text(24, 74, &FONT_9X18_BOLD, INK, "Allow remote control");
    canvas.text(24, 104, &FONT_8X13, FAINT, "Your ID");
    canvas.large(24, 120, &FONT_9X18_BOLD, BRAND, "1 234 567");
    canvas.text(24, 172, &FONT_8X13, FAINT, "Password");
    canvas.text(24, 190, &FONT_10X20, INK, "* * * * * *");

    canvas.area(260, 70, 1, 190, LINE);
    canvas.text(284, 74, &FONT_9X18_BOLD, INK, "Control a computer");
    canvas.text(284, 104, &FONT_8X13, FAINT, "Partner ID");
    canvas.frame(field(284, 122, 212, 30), Rgb888::WHITE, LINE);
    canvas.frame(field(284, 166, 120, 32), BRAND, BRAND);
    canvas.text(312, 173, &FONT_9X18_BOLD, Rgb888::WHITE, "Connect");

    let (color, status) =
        if life.plan.in_use { (DEAD, "Somebody is connected to this computer") } else { (GOOD, "Ready to connect") };
    canvas.area(0, 290, 520, 50, Rgb888::WHITE);
    canvas.area(0, 290, 520, 1, LINE);
    canvas.frame(field(24, 309, 11, 11), color, color);
    canvas.text(44, 308, &FONT_8X13, INK, status);
}
