//! The desktop's notices: plays the part of the program that shows them.

use crate::Desk;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::blocking::{Connection, connection};
use zbus::zvariant::OwnedValue;

/// Everything that was said so far, the summaries only.
#[derive(Clone, Debug, Default)]
pub struct Notices(Arc<Mutex<Vec<String>>>);

impl Notices {
    /// The summaries in order.
    pub fn said(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Server(Notices);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    #[expect(clippy::too_many_arguments, reason = "Desktop Notifications 1.2 has it so")]
    fn notify(
        &self,
        _program: &str,
        _replaces: u32,
        _icon: &str,
        summary: &str,
        _body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut said = self.0.0.lock().unwrap();
        said.push(summary.to_owned());
        u32::try_from(said.len()).unwrap()
    }
}

impl Desk {
    /// Listens to notices as long as the connection is kept.
    pub fn notices(&self) -> (Notices, Connection) {
        let notices = Notices::default();
        let connection = connection::Builder::address(self.bus.address())
            .unwrap()
            .serve_at("/org/freedesktop/Notifications", Server(notices.clone()))
            .unwrap()
            .name("org.freedesktop.Notifications")
            .unwrap()
            .build()
            .unwrap();
        (notices, connection)
    }
}
