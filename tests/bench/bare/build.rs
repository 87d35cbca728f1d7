//! What every Tauri program does.

fn main() {
    tauri_build::build();
}
