//! The peer of the measurements: plugins as the helper has them, an icon in the tray, a menu of one line, no window. Called with
//! `--window` it opens an empty one for each line on its standard input.

#![cfg_attr(all(target_os = "windows", not(debug_assertions)), windows_subsystem = "windows")]

use std::io::BufRead as _;
use tauri::menu::MenuBuilder;
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, RunEvent, WebviewUrl, WebviewWindowBuilder};

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
            if std::env::args().any(|word| word == "--window") {
                open_when_asked(app.handle().clone());
            }
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

/// A window as the helper's, with one colour in it.
fn open_when_asked(app: AppHandle) {
    std::thread::spawn(move || {
        for _ in std::io::stdin().lock().lines() {
            let (app, here) = (app.clone(), app.clone());
            let open = move || {
                let window = WebviewWindowBuilder::new(&here, "main", WebviewUrl::default());
                // Whoever measures sees that none came.
                let _ = window.title("bare").inner_size(440.0, 600.0).center().build();
            };
            let _ = app.run_on_main_thread(open);
        }
    });
}
