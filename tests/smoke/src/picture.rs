//! What stands on the screen, as pixels: waits until it holds still, finds the main button, writes pictures.

use crate::Desk;
use flows::LONG;
use helper_world::{Geometry, WindowSeen, WorldError, click_at, screenshot, wait_until};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A picture of a part of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    place: Geometry,
    pixels: Vec<[u8; 3]>,
}

/// Fewer colours than a card with letters has: nothing was painted yet.
const BLANK: usize = 40;

impl Picture {
    /// A part of the screen as it is now.
    pub fn of(desk: &Desk, place: Geometry) -> Self {
        let file = desk.pc.home.temp().join("screen.ppm");
        screenshot(desk.display(), &file).unwrap();
        let bytes = fs::read(&file).unwrap();
        let Header { width, sample, start } = header(&bytes);
        let at = |value: i16| usize::try_from(value.max(0)).unwrap();
        let row = |y: usize| {
            let from = start + 3 * sample * (y * width + at(place.x));
            let part = bytes.get(from..from + 3 * sample * usize::from(place.width));
            part.expect("the window reaches out of the screen").chunks_exact(3 * sample)
        };
        let rows = (at(place.y)..at(place.y) + usize::from(place.height)).flat_map(row);
        Self { place, pixels: rows.map(|pixel| [pixel[0], pixel[sample], pixel[2 * sample]]).collect() }
    }

    /// How many colours there are.
    pub fn colours(&self) -> usize {
        self.pixels.iter().collect::<HashSet<_>>().len()
    }

    /// Is this colour in it?
    pub fn has(&self, colour: [u8; 3]) -> bool {
        self.pixels.contains(&colour)
    }

    /// The middle, on the screen, of the main button.
    fn main_button(&self) -> Option<(i16, i16)> {
        let (first, last) = self.widest_band(accent())?;
        let x = self.place.x + i16::try_from(self.place.width / 2).ok()?;
        Some((x, self.place.y + i16::try_from((first + last) / 2).ok()?))
    }

    /// How high the main button is, in pixels.
    pub fn main_button_height(&self) -> Option<usize> {
        self.widest_band(accent()).map(|(first, last)| last - first + 1)
    }

    /// The first and the last row of the widest band of this colour: the main button is the widest thing of its colour.
    fn widest_band(&self, colour: [u8; 3]) -> Option<(usize, usize)> {
        let width = usize::from(self.place.width);
        let run = |row: &[[u8; 3]]| row.iter().filter(|pixel| **pixel == colour).count();
        let rows: Vec<usize> = self.pixels.chunks(width).map(run).collect();
        // A button is filled over more than half of the window's width, above and below its letters.
        let mut band = (0..rows.len()).filter(|row| rows[*row] > width / 2);
        let first = band.next()?;
        Some((first, band.next_back().unwrap_or(first)))
    }
}

/// What stands at the beginning of a PPM picture.
struct Header {
    width: usize,
    /// Bytes for each of red, green, blue; the first one says enough.
    sample: usize,
    start: usize,
}

fn header(ppm: &[u8]) -> Header {
    let mut at = 0;
    let mut word = || {
        let rest = &ppm[at..];
        let from = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap();
        let length = rest[from..].iter().position(u8::is_ascii_whitespace).unwrap();
        at += from + length;
        String::from_utf8_lossy(&rest[from..from + length]).into_owned()
    };
    assert_eq!(word(), "P6", "not a picture");
    let (width, _height) = (word().parse().unwrap(), word());
    let sample = if word() == "255" { 1 } else { 2 };
    Header { width, sample, start: at + 1 }
}

/// The colour of the main button, from the window's own style.
fn accent() -> [u8; 3] {
    let style = include_str!("../../../ui/src/tokens.css");
    let (_, rest) = style.split_once("--accent: #").unwrap();
    let hex = |from: usize| u8::from_str_radix(&rest[from..from + 2], 16).unwrap();
    [hex(0), hex(2), hex(4)]
}

impl Desk {
    /// Waits until a window is painted and the same in two looks.
    pub fn settled(&self, window: &WindowSeen) -> Picture {
        self.settled_after(window, None)
    }

    /// The same for a new card: it must look different from the one before.
    pub fn settled_after(&self, window: &WindowSeen, before: Option<&Picture>) -> Picture {
        let mut last = None;
        wait_until(LONG, "a painted window that holds still", || {
            let now = Picture::of(self, window.geometry);
            let still = last.as_ref() == Some(&now) && before != Some(&now) && now.colours() >= BLANK;
            last = Some(now.clone());
            still.then_some(now)
        })
        .unwrap_or_else(|error| self.blurred(window, &error))
    }

    fn blurred(&self, window: &WindowSeen, error: &WorldError) -> ! {
        let colours = Picture::of(self, window.geometry).colours();
        let kept = self.keep_picture(window.geometry, &format!("unsettled-{}", std::process::id()));
        panic!("{error}: {colours} colours, see {}; {:?}", kept.display(), self.pc.status());
    }

    /// Clicks the main button of the card with the pointer.
    pub fn click_main_button(&self, window: &WindowSeen) {
        let (x, y) = wait_until(LONG, "the main button", || self.settled(window).main_button()).unwrap();
        click_at(self.display(), x, y).unwrap();
    }

    /// Writes a part of the screen into the folder of pictures.
    pub fn keep_picture(&self, place: Geometry, name: &str) -> PathBuf {
        let folder = pictures();
        fs::create_dir_all(&folder).unwrap();
        let whole = self.pc.home.temp().join("screen.png");
        screenshot(self.display(), &whole).unwrap();
        let file = folder.join(format!("{name}.png"));
        crop(&whole, place, &file);
        file
    }

    /// Paints the empty desktop in one colour, if this machine can: only pictures for people need it.
    pub fn paint_desktop(&self, colour: &str) {
        let _ = self.pc.home.command("xsetroot").args(["-solid", colour]).status();
    }
}

fn crop(whole: &Path, place: Geometry, file: &Path) {
    let Geometry { x, y, width, height } = place;
    let output = Command::new("convert")
        .arg(whole)
        .args(["-crop", &format!("{width}x{height}+{x}+{y}"), "+repage", "-strip"])
        .arg(file)
        .output()
        .expect("install the package `imagemagick`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// `target/pictures`, beside the folder that this test was built into.
fn pictures() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().join("pictures")
}
