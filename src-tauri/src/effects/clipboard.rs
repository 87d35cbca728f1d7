//! The clipboard.

/// The clipboard, once it was used: on X11 a copied text is there only while its owner is.
#[derive(Default)]
pub(super) struct Clipboard(Option<arboard::Clipboard>);

impl std::fmt::Debug for Clipboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clipboard")
    }
}

impl Clipboard {
    /// Puts text there.
    ///
    /// # Errors
    /// There is no clipboard, or it cannot be used now.
    pub(super) fn put(&mut self, text: String) -> Result<(), arboard::Error> {
        let clipboard = match self.0.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new()?,
        };
        self.0.insert(clipboard).set_text(text)
    }
}
