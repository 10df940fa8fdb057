//! Masking of secrets in everything that is written.
//!
//! [`Masked`] stands between a renderer and where its text goes. It works line by
//! line: a line without a sign of a secret passes as it is. In JSON, XML, and HTML it
//! masks what the strings say, not how they are written, so that a document stays
//! one. What a document is made of, such as its keys and the words of verdicts, is
//! never masked, whatever a secret is equal to.

mod html;
mod json;
mod key_block;
mod secrets;
mod vocabulary;
mod xml;

use std::borrow::Cow;
use std::io::{self, Write};

use memchr::memchr_iter;

pub use secrets::Secrets;

use crate::secret::{find, is_secret_argument, is_secret_name, is_trivial, kind, might_hold};

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// As it is.
    #[default]
    Text,
    /// As JSON, one document or one a line.
    Json,
    /// As XML.
    Xml,
    /// As a page of ours in HTML, in which no attribute holds a text from outside.
    Html,
}

/// Masks the secrets in a text of any number of lines.
#[must_use]
pub fn mask<'t>(text: &'t str, secrets: &Secrets) -> Cow<'t, str> {
    if secrets.is_empty() && !might_hold(text) {
        return Cow::Borrowed(text);
    }
    let known = secrets.mask(text);
    let found = find(&known);
    if found.is_empty() {
        return known;
    }
    let mut out = String::with_capacity(known.len());
    let mut copied = 0;
    for secret in found {
        out.push_str(&known[copied..secret.bytes.start]);
        out.push_str(&masked(secret.kind));
        copied = secret.bytes.end;
    }
    out.push_str(&known[copied..]);
    Cow::Owned(out)
}

/// The value of an argument, masked if its name says that it is secret.
#[must_use]
pub fn mask_argument<'t>(name: &str, value: &'t str) -> Cow<'t, str> {
    if is_secret_argument(name) && !is_trivial(value) {
        Cow::Owned(masked(kind(name)))
    } else {
        Cow::Borrowed(value)
    }
}

/// The value of a field, masked if its name says that it is secret.
pub(super) fn mask_field<'t>(name: &str, value: &'t str) -> Cow<'t, str> {
    if is_secret_name(name) && !is_trivial(value) {
        Cow::Owned(masked(kind(name)))
    } else {
        Cow::Borrowed(value)
    }
}

/// What stands in the place of a secret.
fn masked(kind: &str) -> String {
    format!("[masked {kind}]")
}

/// Masks what is written through it.
///
/// A line is passed on once it is whole; [`Masked::finish`] passes on the rest.
#[derive(Debug)]
pub struct Masked<W: Write> {
    out: W,
    form: Form,
    secrets: Secrets,
    /// The line that is not whole yet.
    line: Vec<u8>,
    /// Whether the lines are those of a private key.
    key: key_block::KeyBlock,
    json: json::State,
    html: html::State,
}

impl<W: Write> Masked<W> {
    /// Masks what is written to `out` in that form, and these secrets.
    pub fn new(out: W, form: Form, secrets: Secrets) -> Self {
        Self {
            out,
            form,
            secrets,
            line: Vec::new(),
            key: key_block::KeyBlock::default(),
            json: json::State::default(),
            html: html::State::default(),
        }
    }

    /// Passes on what is left, and empties all buffers.
    ///
    /// # Errors
    ///
    /// The output cannot be written.
    pub fn finish(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.line);
        self.pass(&rest)?;
        self.out.flush()
    }

    fn pass(&mut self, line: &[u8]) -> io::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        for chunk in line.utf8_chunks() {
            let text = chunk.valid();
            if !text.is_empty() {
                let masked = self.masked(text);
                self.out.write_all(masked.as_bytes())?;
            }
            self.out.write_all(chunk.invalid())?;
        }
        Ok(())
    }

    fn masked<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let is_plain = self.secrets.is_empty() && !might_hold(text);
        let secrets = &self.secrets;
        match self.form {
            Form::Json if is_plain && self.json.is_idle() => Cow::Borrowed(text),
            Form::Json => Cow::Owned(self.json.mask(text, secrets)),
            Form::Html => Cow::Owned(self.html.mask(text, secrets, &mut self.key)),
            _ if is_plain && self.key.is_idle() => Cow::Borrowed(text),
            Form::Text => {
                let masked = mask(text, secrets);
                self.key.mask(text, masked)
            }
            Form::Xml => {
                let masked = xml::mask(text, secrets);
                self.key.mask(text, masked)
            }
        }
    }
}

impl<W: Write> Write for Masked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut start = 0;
        for newline in memchr_iter(b'\n', bytes) {
            let piece = &bytes[start..=newline];
            start = newline + 1;
            if self.line.is_empty() {
                self.pass(piece)?;
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(piece);
                self.pass(&line)?;
                line.clear();
                self.line = line;
            }
        }
        self.line.extend_from_slice(&bytes[start..]);
        Ok(bytes.len())
    }

    /// Empties the buffers behind; a line that is not whole may hold a part of a
    /// secret and waits.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Drop for Masked<W> {
    fn drop(&mut self) {
        // Whoever wants to know of an error has called `finish` before.
        let _ = self.finish();
    }
}
