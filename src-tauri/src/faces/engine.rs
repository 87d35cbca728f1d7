//! The web engine on Linux: it draws without the graphics card, and goes with the last window, all of it.
//!
//! WebKitGTK ends its network process (about 35 MB) with the last `WebKitWebContext`. Two things keep one alive for the life of the
//! program:
//!
//! - wry 0.57 (`webkitgtk/mod.rs`, `attach_ipc_handler`) gives the signal handler of a web view's content manager a reference to
//!   the web view, which owns that manager: a ring, so that a closed web view and its context are never freed.
//! - tauri-runtime-wry 2.12 (`WebviewWrapper::drop`) therefore keeps the context on Linux and uses it again (tauri#14626: each new
//!   one brought one more process); on macOS and Windows it lets it go.
//!
//! Here the ring is opened when the web view goes, and the context let go as on the other systems.
#![allow(unsafe_code)] // One call of GObject's, in `open_the_ring`.

use gtk::glib::object::ObjectExt as _;
use gtk::prelude::{StyleContextExt as _, WidgetExt as _};
use tauri::{App, EventLoopMessage, WebviewWindow};
use tauri_runtime_wry::tao::event::Event;
use tauri_runtime_wry::tao::event_loop::{ControlFlow, EventLoopProxy, EventLoopWindowTarget};
use tauri_runtime_wry::{Context, EventLoopIterationContext, Message, Plugin, PluginBuilder, WebContextStore};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebView, WebViewExt};

/// Sets up the engine of a new window, before the main loop gives its page a turn.
///
/// # Errors
/// The window is gone already.
pub fn set_up(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|view| {
        draw_plainly(&view.inner());
        begin_in_the_theme(&view.inner());
        open_the_ring(&view.inner());
    })
}

/// A card that stands still needs no graphics stack: loading one, or LLVM in its place, takes 90 ms and 50 MB (tests/bench).
fn draw_plainly(view: &WebView) {
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
    }
}

/// Until the card is there the window has the desktop's own colour: no white flash at night.
fn begin_in_the_theme(view: &WebView) {
    if let Some(colour) = view.style_context().lookup_color("theme_bg_color") {
        view.set_background_color(&colour);
    }
}

/// Lets a web view be freed once it is closed.
fn open_the_ring(view: &WebView) {
    let Some(manager) = view.user_content_manager() else { return };
    view.connect_destroy(move |_| {
        // SAFETY: disposing is what the last reference's end would do first; it takes the handlers off (GObject's
        // `g_object_real_dispose`) and leaves the object whole. Nobody uses the manager of a destroyed web view.
        unsafe { manager.run_dispose() };
    });
}

/// Lets go the contexts that no web view needs any more, from now on.
#[must_use]
pub fn let_go(mut app: App) -> App {
    app.wry_plugin(LetGo);
    app
}

struct LetGo;

impl PluginBuilder<EventLoopMessage> for LetGo {
    type Plugin = Self;

    fn build(self, _: Context<EventLoopMessage>) -> Self {
        self
    }
}

impl Plugin<EventLoopMessage> for LetGo {
    fn on_event(
        &mut self,
        event: &Event<'_, Message<EventLoopMessage>>,
        _: &EventLoopWindowTarget<Message<EventLoopMessage>>,
        _: &EventLoopProxy<Message<EventLoopMessage>>,
        _: &mut ControlFlow,
        _: EventLoopIterationContext<'_, EventLoopMessage>,
        contexts: &WebContextStore,
    ) -> bool {
        // At the end of a turn of the loop, when whatever happened in it has been handled.
        if let Event::MainEventsCleared = event
            && let Ok(mut contexts) = contexts.lock()
        {
            contexts.retain(|_, context| !context.referenced_by_webviews.is_empty());
        }
        false
    }
}
