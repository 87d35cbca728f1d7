//! A tray: it plays the desktop's part for a StatusNotifierItem and lets a test use the icon as a user does.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use zbus::blocking::{Connection, Proxy, connection, fdo::DBusProxy, proxy};
use zbus::message::Header;
use zbus::names::BusName;
use zbus::object_server::SignalEmitter;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::menu::{MenuLine, Node};
use crate::{Result, WorldError, wait_until};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// What is shown when the pointer rests on the icon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolTip {
    /// First line.
    pub title: String,
    /// What stands below it.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    owner: String,
    path: String,
}

type Items = Arc<Mutex<Vec<Item>>>;

struct Watcher {
    items: Items,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // Some toolkits send their bus name, others the object's path.
        let item = if service.starts_with('/') {
            Item { owner: sender, path: service.to_owned() }
        } else {
            Item { owner: service.to_owned(), path: "/StatusNotifierItem".to_owned() }
        };
        {
            let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
            items.retain(|known| *known != item);
            items.push(item);
        }
        Ok(Self::status_notifier_item_registered(&emitter, service).await?)
    }

    async fn register_status_notifier_host(
        &self,
        _service: &str,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        Ok(Self::status_notifier_host_registered(&emitter).await?)
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.iter().map(|item| format!("{}{}", item.owner, item.path)).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_item_unregistered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// The tray. The newest icon whose program still lives is the one that all methods speak of.
pub struct StatusNotifierHost {
    connection: Connection,
    items: Items,
}

impl StatusNotifierHost {
    /// Becomes the tray of the bus at `address`.
    pub fn start(address: &str) -> Result<Self> {
        let items = Items::default();
        let watcher = Watcher { items: Arc::clone(&items) };
        let connect = || connection::Builder::address(address)?.serve_at("/StatusNotifierWatcher", watcher)?.build();
        let connection = connect().map_err(|error| WorldError::other("joining the bus", error))?;
        // The name comes last: who sees it may register at once.
        connection.request_name(WATCHER).map_err(|error| WorldError::other("becoming the tray", error))?;
        Ok(Self { connection, items })
    }

    /// Waits until there is an icon that can be used.
    pub fn wait_for_item(&self, timeout: Duration) -> Result<()> {
        wait_until(timeout, "a tray icon", || self.title().ok()).map(drop)
    }

    /// Waits until no program shows an icon any more.
    pub fn wait_for_no_item(&self, timeout: Duration) -> Result<()> {
        wait_until(timeout, "the tray icon to go", || self.item().is_none().then_some(()))
    }

    /// How many living programs have registered an icon.
    pub fn item_count(&self) -> usize {
        self.living().len()
    }

    /// The icon's name for its user.
    pub fn title(&self) -> Result<String> {
        self.property("Title")
    }

    /// `Active`, `Passive` or `NeedsAttention`.
    pub fn status(&self) -> Result<String> {
        self.property("Status")
    }

    /// The icon's name in the icon theme; empty if it sends pixels only.
    pub fn icon_name(&self) -> Result<String> {
        self.property("IconName")
    }

    /// A number that changes with the icon's pixels, the same in every run.
    pub fn icon_hash(&self) -> Result<u64> {
        let pixels: Vec<(i32, i32, Vec<u8>)> = self.property("IconPixmap")?;
        Ok(BuildHasherDefault::<DefaultHasher>::default().hash_one(&pixels))
    }

    /// What is shown when the pointer rests on the icon.
    pub fn tooltip(&self) -> Result<ToolTip> {
        type Wire = (String, Vec<(i32, i32, Vec<u8>)>, String, String);
        let (_, _, title, text): Wire = self.property("ToolTip")?;
        Ok(ToolTip { title, text })
    }

    /// A left click on the icon.
    pub fn activate(&self) -> Result<()> {
        let item = self.proxy(ITEM, None)?;
        item.call_method("Activate", &(0i32, 0i32)).map_err(|error| WorldError::other("clicking the icon", error))?;
        Ok(())
    }

    /// Opens the icon's menu and reads it.
    pub fn menu(&self) -> Result<Vec<MenuLine>> {
        let menu = self.menu_proxy()?;
        // It may build the menu only now, or not know the call at all.
        let _ = menu.call_method("AboutToShow", &(0i32,));
        let wanted: Vec<&str> = Vec::new();
        let (_, root): (u32, Node) = menu
            .call("GetLayout", &(0i32, -1i32, wanted))
            .map_err(|error| WorldError::other("reading the tray menu", error))?;
        Ok(MenuLine::read(&root).map(|line| line.children).unwrap_or_default())
    }

    /// Clicks the menu line with this number.
    pub fn click(&self, id: i32) -> Result<()> {
        let nothing = Value::from(0i32);
        match self.menu_proxy()?.call_method("Event", &(id, "clicked", nothing, 0u32)) {
            // A line such as "Quit" may end the program before it answers: the click has been delivered then.
            Err(_) if self.item().is_none() => Ok(()),
            Err(error) => Err(WorldError::other("clicking in the tray menu", error)),
            Ok(_) => Ok(()),
        }
    }

    /// Clicks the line with this label, or the only one that contains it. A line that is greyed out is an error.
    pub fn click_label(&self, label: &str) -> Result<()> {
        let menu = self.menu()?;
        let lines: Vec<&MenuLine> = menu.iter().flat_map(MenuLine::all).collect();
        let near: Vec<_> = lines.iter().filter(|line| line.label.contains(label)).collect();
        let only = if near.len() == 1 { near.first().copied() } else { None };
        let Some(line) = lines.iter().find(|line| line.label == label).or(only) else {
            let labels: Vec<_> = lines.iter().map(|line| &line.label).collect();
            return Err(WorldError::Other(format!("no one line `{label}` in the tray menu {labels:?}")));
        };
        if !line.enabled {
            return Err(WorldError::Other(format!("the line `{label}` of the tray menu is greyed out")));
        }
        self.click(line.id)
    }

    fn living(&self) -> Vec<Item> {
        let known = self.items.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Ok(bus) = DBusProxy::new(&self.connection) else { return Vec::new() };
        let lives = |item: &Item| {
            BusName::try_from(item.owner.as_str()).is_ok_and(|name| bus.name_has_owner(name).unwrap_or(false))
        };
        known.into_iter().filter(lives).collect()
    }

    fn item(&self) -> Option<Item> {
        self.living().pop()
    }

    fn proxy(&self, interface: &'static str, path: Option<String>) -> Result<Proxy<'static>> {
        let item = self.item().ok_or_else(|| WorldError::Other("no tray icon".into()))?;
        let build = || {
            proxy::Builder::new(&self.connection)
                .destination(item.owner)?
                .path(path.unwrap_or(item.path))?
                .interface(interface)?
                // A test wants to see what is true now, whether or not the program announces its changes.
                .cache_properties(CacheProperties::No)
                .build()
        };
        build().map_err(|error| WorldError::other("reaching the tray icon", error))
    }

    fn menu_proxy(&self) -> Result<Proxy<'static>> {
        let path: OwnedObjectPath = self.property("Menu")?;
        self.proxy(MENU, Some(path.to_string()))
    }

    fn property<T>(&self, name: &str) -> Result<T>
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        let value = self.proxy(ITEM, None)?.get_property(name);
        value.map_err(|error| WorldError::other(&format!("asking the tray icon for {name}"), error))
    }
}
