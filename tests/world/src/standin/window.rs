//! The window and its event loop.

use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Instant;

use softbuffer::{Context, Surface};
use winit::application::ApplicationHandler;
use winit::dpi::{PhysicalPosition, PhysicalSize};
use winit::event::{ElementState, MouseButton, StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::window::{Window, WindowId};

use super::paint::Canvas;
use super::{Fate, Life, Role, TICK};

/// Shows the window until the stand-in's life ends.
pub(crate) fn show(role: Role, life: Life) -> Result<(), String> {
    let events = EventLoop::new().map_err(|error| format!("no display: {error}"))?;
    let mut app = App { role, life, face: None, pointer: (0, 0), next: Instant::now() + TICK, failed: None };
    events.run_app(&mut app).map_err(|error| format!("event loop: {error}"))?;
    app.failed.map_or(Ok(()), Err)
}

struct Face {
    window: Rc<Window>,
    surface: Surface<Rc<Window>, Rc<Window>>,
    zoom: u32,
}

struct App {
    role: Role,
    life: Life,
    face: Option<Face>,
    pointer: (i32, i32),
    next: Instant,
    failed: Option<String>,
}

impl ApplicationHandler for App {
    fn new_events(&mut self, events: &ActiveEventLoop, _cause: StartCause) {
        if Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + TICK;
        let before = (self.life.shown_code().to_owned(), self.life.plan.in_use);
        if self.life.tick() == Fate::End {
            events.exit();
            return;
        }
        if before != (self.life.shown_code().to_owned(), self.life.plan.in_use)
            && let Some(face) = &self.face
        {
            face.window.request_redraw();
        }
        self.follow_visibility();
    }

    fn resumed(&mut self, events: &ActiveEventLoop) {
        if self.face.is_some() {
            return;
        }
        match Face::open(self.role, events) {
            Ok(face) => self.face = Some(face),
            Err(error) => {
                self.failed = Some(error);
                events.exit();
            }
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _window: WindowId, event: WindowEvent) {
        if let WindowEvent::CloseRequested = event {
            if self.life.asked_to_end() == Fate::End {
                events.exit();
            }
            self.follow_visibility();
        } else if let WindowEvent::CursorMoved { position, .. } = event {
            // Whole pixels are exact enough to hit a button.
            self.pointer = (position.x as i32, position.y as i32);
        } else if let WindowEvent::MouseInput { state: ElementState::Released, button: MouseButton::Left, .. } = event {
            let zoom = self.face.as_ref().map_or(1, |face| i32::try_from(face.zoom).unwrap_or(1));
            // Its own button always ends it, whatever the plan says about requests from outside.
            if self.role.ends_at(self.pointer.0 / zoom, self.pointer.1 / zoom) {
                events.exit();
            }
        } else if let WindowEvent::RedrawRequested = event
            && let Some(face) = &mut self.face
            && let Err(error) = face.paint(self.role, &self.life)
        {
            self.failed = Some(error);
            events.exit();
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        events.set_control_flow(ControlFlow::WaitUntil(self.next));
    }
}

impl App {
    fn follow_visibility(&self) {
        let Some(face) = &self.face else { return };
        let wanted = self.life.plan.window && !self.life.hidden;
        if face.window.is_visible() != Some(wanted) {
            face.window.set_visible(wanted);
        }
    }
}

impl Face {
    fn open(role: Role, events: &ActiveEventLoop) -> Result<Self, String> {
        let (width, height) = role.size();
        let scale = events.primary_monitor().map_or(1.0, |monitor| monitor.scale_factor());
        // Bitmap letters grow in whole steps only.
        let zoom = if scale >= 1.75 { 2 } else { 1 };
        let (x, y) = role.position();
        let attributes = Window::default_attributes()
            .with_title(role.title())
            .with_inner_size(PhysicalSize::new(width * zoom, height * zoom))
            .with_position(PhysicalPosition::new(x, y))
            .with_resizable(false);
        #[cfg(target_os = "linux")]
        let attributes = {
            use winit::platform::x11::WindowAttributesExtX11;
            attributes.with_name("TeamViewer", "TeamViewer")
        };
        let window = Rc::new(events.create_window(attributes).map_err(|error| format!("window: {error}"))?);
        let context = Context::new(Rc::clone(&window)).map_err(|error| format!("drawing: {error}"))?;
        let surface = Surface::new(&context, Rc::clone(&window)).map_err(|error| format!("drawing: {error}"))?;
        window.request_redraw();
        Ok(Self { window, surface, zoom })
    }

    fn paint(&mut self, role: Role, life: &Life) -> Result<(), String> {
        let size = self.window.inner_size();
        let (Some(width), Some(height)) = (NonZeroU32::new(size.width), NonZeroU32::new(size.height)) else {
            return Ok(());
        };
        self.surface.resize(width, height).map_err(|error| format!("drawing: {error}"))?;
        let mut buffer = self.surface.buffer_mut().map_err(|error| format!("drawing: {error}"))?;
        role.draw(&mut Canvas::new(&mut buffer, size.width as usize, self.zoom as usize), life);
        buffer.present().map_err(|error| format!("drawing: {error}"))
    }
}
