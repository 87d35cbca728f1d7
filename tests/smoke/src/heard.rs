//! What a screen reader is told: the accessibility tree of the helper's window, read over AT-SPI's own bus as Orca reads it
//! (freedesktop.org, at-spi2-core, `xml/Accessible.xml`).

use crate::Desk;
use flows::LONG;
use helper_world::wait_until;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::{env, fs};
use zbus::blocking::{Connection, Proxy, connection, proxy};
use zbus::proxy::CacheProperties;
use zbus::zvariant::OwnedObjectPath;

/// Where Debian and Ubuntu (`/usr/libexec`) and others put the program that starts the bus.
const LAUNCHERS: [&str; 3] =
    ["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher", "/usr/lib/at-spi-bus-launcher"];
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const TEXT: &str = "org.a11y.atspi.Text";
/// A tree is never deeper than this; a ring would be.
const DEPTH: usize = 40;

/// The states that change what is said, by their numbers in `AtspiStateType`.
const STATES: [(u32, &str); 11] = [
    (1, "active"),
    (3, "busy"),
    (4, "checked"),
    (5, "collapsed"),
    (7, "editable"),
    (9, "expandable"),
    (10, "expanded"),
    (11, "focusable"),
    (12, "focused"),
    (36, "invalid"),
    (43, "read-only"),
];
const FOCUSABLE: u32 = 11;
const SENSITIVE: u32 = 24;

/// Roles by their numbers in `AtspiRole`: WebKit sends no names, and GTK's are other ones in other versions.
const ROLES: [(u32, &str); 33] = [
    (2, "alert"),
    (7, "check box"),
    (20, "filler"),
    (23, "frame"),
    (27, "image"),
    (29, "label"),
    (31, "list"),
    (32, "list item"),
    (39, "panel"),
    (42, "progress bar"),
    (43, "button"),
    (44, "radio button"),
    (48, "scroll bar"),
    (49, "scroll pane"),
    (54, "status"),
    (61, "text"),
    (62, "toggle button"),
    (67, "unknown"),
    (72, "footer"),
    (73, "paragraph"),
    (79, "entry"),
    (83, "heading"),
    (85, "section"),
    (87, "form"),
    (88, "link"),
    (95, "document"),
    (99, "group"),
    (110, "landmark"),
    (116, "words"),
    (121, "description list"),
    (122, "description term"),
    (123, "description value"),
    (130, "switch"),
];

/// An object: whose, and where.
type Object = (String, OwnedObjectPath);

/// Somebody who listens. The helper must be started after it, as every program is that a screen reader finds.
#[derive(Debug)]
pub struct Ears {
    connection: Connection,
    launcher: Child,
}

impl Drop for Ears {
    fn drop(&mut self) {
        // It takes its bus with it.
        let _ = self.launcher.kill();
        let _ = self.launcher.wait();
    }
}

impl Desk {
    /// Switches accessibility on for this desk, and listens.
    pub fn listen(&self) -> Ears {
        let launcher = LAUNCHERS.into_iter().find(|path| Path::new(path).exists());
        let launcher = launcher.expect("install the package `at-spi2-core`");
        self.pc.home.set_env("NO_AT_BRIDGE", "0");
        let mut command = self.pc.home.command(launcher);
        command.arg("--launch-immediately").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let launcher = command.spawn().unwrap();
        let session = connect(self.bus.address());
        let address = wait_until(LONG, "the accessibility bus", || {
            let bus = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus").ok()?;
            bus.call::<_, _, String>("GetAddress", &()).ok().filter(|address| !address.is_empty())
        });
        let address = address.unwrap();
        let status = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status").unwrap();
        for switch in ["IsEnabled", "ScreenReaderEnabled"] {
            status.set_property(switch, true).unwrap();
        }
        Ears { connection: connect(&address), launcher }
    }
}

fn connect(address: &str) -> Connection {
    connection::Builder::address(address).unwrap().build().unwrap()
}

impl Ears {
    /// The tree below the window with this title; nothing while there is none, or while it changes.
    pub fn window(&self, title: &str) -> Option<String> {
        let registry = ("org.a11y.atspi.Registry".to_owned(), "/org/a11y/atspi/accessible/root".try_into().unwrap());
        let programs = self.children(&registry)?;
        let windows = programs.iter().filter_map(|program| self.children(program)).flatten();
        let window = windows.into_iter().find(|window| self.name(window).as_deref() == Some(title))?;
        let mut tree = String::new();
        self.tell(&window, 0, &mut tree)?;
        Some(tree)
    }

    /// Waits until a headline has the focus that is not the one `before`, and the tree is the same in two looks.
    pub fn next_card(&self, title: &str, before: &mut String) -> String {
        let mut last = None;
        let seen = wait_until(LONG, "a new headline with the focus, in a tree that holds still", || {
            let now = self.window(title)?;
            let still = last.as_ref() == Some(&now);
            let headline =
                now.lines().map(str::trim).find(|line| line.starts_with("heading") && line.contains(" focused"));
            let new = headline.filter(|line| *line != before.as_str()).map(str::to_owned);
            last = Some(now.clone());
            new.filter(|_| still).map(|headline| (headline, now))
        });
        let (headline, tree) = seen.unwrap_or_else(|error| panic!("{error}; at last:\n{}", last.unwrap_or_default()));
        *before = headline;
        tree
    }

    fn tell(&self, object: &Object, depth: usize, tree: &mut String) -> Option<()> {
        assert!(depth < DEPTH, "a tree that does not end:\n{tree}");
        let node = self.ask(object, ACCESSIBLE)?;
        let number: u32 = node.call("GetRole", &()).ok()?;
        let role = ROLES.iter().find(|(known, _)| *known == number);
        let role = role.map_or_else(|| format!("role {number}"), |(_, role)| (*role).to_owned());
        let states: Vec<u32> = node.call("GetState", &()).ok()?;
        let has = |state: u32| states.get((state / 32) as usize).is_some_and(|part| part & (1 << (state % 32)) != 0);
        let mut line = role.clone();
        let name = self.name(object)?;
        let said = if name.is_empty() { self.text(object)? } else { name };
        if !said.is_empty() {
            let _ = write!(line, " {said:?}");
        }
        for (_, state) in STATES.into_iter().filter(|(number, _)| has(*number)) {
            let _ = write!(line, ", {state}");
        }
        if has(FOCUSABLE) && !has(SENSITIVE) {
            line += ", disabled";
        }
        let description: String = node.get_property("Description").ok()?;
        if !description.is_empty() {
            let _ = write!(line, ", described by {description:?}");
        }
        let _ = writeln!(tree, "{}{line}", "  ".repeat(depth));
        self.children(object)?.iter().try_for_each(|child| self.tell(child, depth + 1, tree))
    }

    fn ask(&self, object: &Object, interface: &'static str) -> Option<Proxy<'static>> {
        let proxy = proxy::Builder::new(&self.connection).destination(object.0.clone()).ok()?;
        let proxy = proxy.path(object.1.clone()).ok()?.interface(interface).ok()?;
        proxy.cache_properties(CacheProperties::No).build().ok()
    }

    /// One by one, as screen readers ask: `GetChildren` of GTK 3 leaves out the page that a web view holds.
    fn children(&self, object: &Object) -> Option<Vec<Object>> {
        let node = self.ask(object, ACCESSIBLE)?;
        let count: i32 = node.get_property("ChildCount").ok()?;
        (0..count).map(|index| node.call("GetChildAtIndex", &(index,)).ok()).collect()
    }

    fn name(&self, object: &Object) -> Option<String> {
        self.ask(object, ACCESSIBLE)?.get_property("Name").ok()
    }

    /// The words of an object without a name; parts of it stand in them as U+FFFC.
    fn text(&self, object: &Object) -> Option<String> {
        let interfaces: Vec<String> = self.ask(object, ACCESSIBLE)?.call("GetInterfaces", &()).ok()?;
        if interfaces.iter().all(|name| name != TEXT) {
            return Some(String::new());
        }
        let words: String = self.ask(object, TEXT)?.call("GetText", &(0i32, -1i32)).ok()?;
        Some(if words.chars().all(|letter| letter == '\u{fffc}') { String::new() } else { words })
    }
}

/// Compares a tree with the reviewed one in `tests/smoke/snapshots`; `UPDATE_SNAPSHOTS=1` writes it anew. The next version is the
/// same tree.
pub fn compare(name: &str, tree: &str) {
    let tree = &tree.replace(concat!('"', env!("CARGO_PKG_VERSION"), '"'), "\"(version)\"");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(format!("{name}.txt"));
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&file, tree).unwrap();
    }
    let wanted = fs::read_to_string(&file).unwrap_or_default();
    assert!(wanted == *tree, "{} differs; wanted\n{wanted}\nheard\n{tree}", file.display());
}
