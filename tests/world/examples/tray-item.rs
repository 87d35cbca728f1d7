//! A small tray program on the library that the helper uses too; the tray host's own test drives it.

#[cfg(target_os = "linux")]
mod item {
    use ksni::blocking::TrayMethods;
    use ksni::menu::{CheckmarkItem, MenuItem, StandardItem, SubMenu};
    use std::time::Duration;

    struct Item {
        clicks: u8,
        checked: bool,
    }

    impl ksni::Tray for Item {
        fn id(&self) -> String {
            "tray-item".into()
        }

        fn title(&self) -> String {
            format!("Item {}", self.clicks)
        }

        fn icon_pixmap(&self) -> Vec<ksni::Icon> {
            vec![ksni::Icon { width: 2, height: 2, data: vec![self.clicks; 16] }]
        }

        fn tool_tip(&self) -> ksni::ToolTip {
            ksni::ToolTip {
                title: "원격 지원".into(),
                description: format!("{} clicks", self.clicks),
                ..Default::default()
            }
        }

        fn activate(&mut self, _x: i32, _y: i32) {
            self.clicks += 1;
        }

        fn menu(&self) -> Vec<MenuItem<Self>> {
            let line = |label: &str, enabled: bool, act: fn(&mut Self)| {
                StandardItem { label: label.into(), enabled, activate: Box::new(act), ..Default::default() }.into()
            };
            vec![
                line("Add _ten", true, |item| item.clicks += 10),
                line("Never", false, |item| item.clicks = 0),
                MenuItem::Separator,
                CheckmarkItem {
                    label: "Tick".into(),
                    checked: self.checked,
                    activate: Box::new(|item: &mut Self| item.checked = !item.checked),
                    ..Default::default()
                }
                .into(),
                SubMenu {
                    label: "More".into(),
                    submenu: vec![line("끝내기", true, |_| std::process::exit(0))],
                    ..Default::default()
                }
                .into(),
            ]
        }
    }

    pub(super) fn run() -> Result<(), ksni::Error> {
        let _handle = Item { clicks: 0, checked: false }.spawn()?;
        // The test ends it; this is only the bound for a forgotten one.
        std::thread::sleep(Duration::from_secs(600));
        Ok(())
    }
}

fn main() {
    #[cfg(target_os = "linux")]
    if item::run().is_err() {
        std::process::exit(1);
    }
}
