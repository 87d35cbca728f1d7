//! Drawing into the window's pixels.

use std::convert::Infallible;

use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::{PrimitiveStyle, PrimitiveStyleBuilder, Rectangle, RoundedRectangle};
use embedded_graphics::text::{Baseline, Text};

/// A picture of `0x00RRGGBB` pixels. One drawn point becomes `zoom` x `zoom` pixels.
pub(crate) struct Canvas<'a> {
    pixels: &'a mut [u32],
    width: usize,
    zoom: usize,
}

impl<'a> Canvas<'a> {
    /// Draws into `pixels` with lines of `width`.
    pub(crate) fn new(pixels: &'a mut [u32], width: usize, zoom: usize) -> Self {
        Self { pixels, width, zoom: zoom.max(1) }
    }

    /// Everything in one colour.
    pub(crate) fn fill(&mut self, color: Rgb888) {
        self.pixels.fill(packed(color));
    }

    /// A filled area.
    pub(crate) fn area(&mut self, x: i32, y: i32, w: u32, h: u32, color: Rgb888) {
        let area = Rectangle::new(Point::new(x, y), Size::new(w, h));
        let Ok(()) = area.into_styled(PrimitiveStyle::with_fill(color)).draw(self);
    }

    /// A box with round corners and a frame: a field, a button.
    pub(crate) fn frame(&mut self, area: Rectangle, fill: Rgb888, line: Rgb888) {
        let style = PrimitiveStyleBuilder::new().fill_color(fill).stroke_color(line).stroke_width(1).build();
        let Ok(()) = RoundedRectangle::with_equal_corners(area, Size::new(4, 4)).into_styled(style).draw(self);
    }

    /// One line of text with its top left corner at the point.
    pub(crate) fn text(&mut self, x: i32, y: i32, font: &MonoFont<'_>, color: Rgb888, text: &str) {
        let style = MonoTextStyle::new(font, color);
        let Ok(_) = Text::with_baseline(text, Point::new(x, y), style, Baseline::Top).draw(self);
    }

    /// One line of text of double size.
    pub(crate) fn large(&mut self, x: i32, y: i32, font: &MonoFont<'_>, color: Rgb888, text: &str) {
        let mut double = Canvas { pixels: self.pixels, width: self.width, zoom: self.zoom * 2 };
        double.text(x / 2, y / 2, font, color, text);
    }
}

fn packed(color: Rgb888) -> u32 {
    u32::from_be_bytes([0, color.r(), color.g(), color.b()])
}

impl OriginDimensions for Canvas<'_> {
    fn size(&self) -> Size {
        let height = self.pixels.len().checked_div(self.width).unwrap_or(0);
        let points = |pixels: usize| u32::try_from(pixels / self.zoom).unwrap_or(0);
        Size::new(points(self.width), points(height))
    }
}

impl DrawTarget for Canvas<'_> {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), Infallible> {
        for Pixel(point, color) in pixels {
            let (Ok(x), Ok(y)) = (usize::try_from(point.x), usize::try_from(point.y)) else { continue };
            for row in y * self.zoom..(y + 1) * self.zoom {
                for column in x * self.zoom..((x + 1) * self.zoom).min(self.width) {
                    if let Some(pixel) = self.pixels.get_mut(row * self.width + column) {
                        *pixel = packed(color);
                    }
                }
            }
        }
        Ok(())
    }
}
