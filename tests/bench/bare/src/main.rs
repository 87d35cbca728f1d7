//! The peer of the measurements: plugins as the helper has them, an icon in the tray, a menu of one line, no window.

#![cfg_attr(all(target_os = "windows", not(debug_assertions)), windows_subsystem = "windows")]

use tauri::RunEvent;
use tauri::menu::MenuBuilder;
use tauri::tray::TrayIconBuilder;

fn main() -> tauri::Result<()> {
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_shell::init())
        .plugin(tauri_plugin_updater::Builder::new().build())
        .setup(|app| {
            let menu = MenuBuilder::new(app).text("quit", "Quit").build()?;
            TrayIconBuilder::with_id("main")
                .icon(tauri::include_image!("../../../icons/tray-ready-32.png"))
                .tooltip("bare")
                .title("bare")
                .menu(&menu)
                .on_menu_event(|app, _| app.exit(0))
                .build(app)?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|_, event| {
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    Ok(())
}
