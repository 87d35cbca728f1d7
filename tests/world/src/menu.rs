//! A tray menu as its user sees it.

use std::collections::HashMap;

use zbus::zvariant::{OwnedValue, Structure, Value};

/// One line of a tray menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuLine {
    /// Number by which it is clicked.
    pub id: i32,
    /// What stands on it, without the marks for access keys.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
    /// A dividing line.
    pub separator: bool,
    /// The state of a check or radio line.
    pub checked: Option<bool>,
    /// The lines of its submenu.
    pub children: Vec<MenuLine>,
}

/// A menu line on the bus: number, properties, children.
pub(crate) type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl MenuLine {
    /// Reads a line and what is below it; nothing if its user does not see it.
    pub(crate) fn read(node: &Node) -> Option<Self> {
        let (id, properties, children) = node;
        let flag = |name: &str| properties.get(name).and_then(|value| bool::try_from(value).ok());
        if flag("visible") == Some(false) {
            return None;
        }
        let text = |name: &str| properties.get(name).and_then(|value| <&str>::try_from(value).ok()).unwrap_or_default();
        let state = properties.get("toggle-state").and_then(|value| i32::try_from(value).ok());
        Some(Self {
            id: *id,
            label: without_keys(text("label")),
            enabled: flag("enabled").unwrap_or(true),
            separator: text("type") == "separator",
            checked: if text("toggle-type").is_empty() { None } else { state.map(|state| state == 1) },
            children: children.iter().filter_map(|child| Self::read(&node_of(child)?)).collect(),
        })
    }

    /// This line and everything below it, from top to bottom.
    pub fn all(&self) -> Vec<&MenuLine> {
        let mut lines = vec![self];
        for child in &self.children {
            lines.extend(child.all());
        }
        lines
    }
}

fn node_of(value: &Value<'_>) -> Option<Node> {
    // Children come wrapped once or twice, depending on the toolkit.
    if let Value::Value(inner) = value {
        return node_of(inner);
    }
    let structure = Structure::try_from(value).ok()?;
    structure.try_into().ok()
}

/// A single underscore marks the access key and is not shown; a double one stands for one.
fn without_keys(label: &str) -> String {
    let mut shown = String::with_capacity(label.len());
    let mut letters = label.chars();
    while let Some(letter) = letters.next() {
        if letter != '_' {
            shown.push(letter);
        } else if let Some(next) = letters.next() {
            shown.push(next);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::without_keys;

    #[test]
    fn access_keys_are_not_shown() {
        assert_eq!(without_keys("_Quit a__b"), "Quit a_b");
        assert_eq!(without_keys("원격 지원 다시 시작"), "원격 지원 다시 시작");
    }
}
