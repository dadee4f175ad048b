//! Free-text and CSV feeds as a stream of candidates: one line in memory at a time, whatever the feed's size.

use std::io::{self, BufRead, Read};
use std::vec::IntoIter;

use crate::feed_settings::FeedSettings;
use crate::freetext::{Candidate, Freetext};

/// Longest line that is read, in bytes. Feeds that put everything on one line stay far below.
pub const MAX_LINE_BYTES: usize = 4 << 20;

/// What is wrong with one line, or with the stream.
#[derive(Debug, thiserror::Error)]
pub enum TextFeedError {
    /// The line was skipped; reading goes on.
    #[error("line {line} is longer than {MAX_LINE_BYTES} bytes and was skipped")]
    LineTooLong {
        /// Counted from 1.
        line: u64,
    },
    /// The stream broke off; this is the last item.
    #[error("reading the feed failed: {0}")]
    Io(#[from] io::Error),
}

enum Format {
    Freetext,
    Csv,
}

/// An iterator over what a feed holds, in its order. Repeated values are not removed.
pub struct TextFeed<R> {
    reader: R,
    parser: Freetext,
    settings: FeedSettings,
    format: Format,
    line: u64,
    buffer: Vec<u8>,
    pending: IntoIter<Candidate>,
    ended: bool,
}

impl<R: BufRead> TextFeed<R> {
    /// Every word of the text is looked at.
    pub fn freetext(reader: R, parser: Freetext, settings: FeedSettings) -> Self {
        Self::new(reader, parser, settings, Format::Freetext)
    }

    /// The chosen columns are looked at; lines that start with `#` are comments.
    pub fn csv(reader: R, parser: Freetext, settings: FeedSettings) -> Self {
        Self::new(reader, parser, settings, Format::Csv)
    }

    fn new(reader: R, parser: Freetext, settings: FeedSettings, format: Format) -> Self {
        let pending = Vec::new().into_iter();
        Self {
            reader,
            parser,
            settings,
            format,
            line: 0,
            buffer: Vec::new(),
            pending,
            ended: false,
        }
    }

    /// Lines read so far, for progress.
    pub fn lines_read(&self) -> u64 {
        self.line
    }

    /// Reads the next line into the buffer; `false` at the end.
    fn next_line(&mut self) -> Result<bool, TextFeedError> {
        self.buffer.clear();
        let limit = u64::try_from(MAX_LINE_BYTES)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let read = self
            .reader
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(false);
        }
        self.line += 1;
        if read > MAX_LINE_BYTES && self.buffer.last() != Some(&b'\n') {
            self.buffer.clear();
            skip_line(&mut self.reader)?;
            return Err(TextFeedError::LineTooLong { line: self.line });
        }
        Ok(true)
    }

    fn parse_buffer(&mut self) {
        let text = String::from_utf8_lossy(&self.buffer);
        let text = if self.line == 1 {
            text.trim_start_matches('\u{feff}')
        } else {
            &text
        };
        let mut found = Vec::new();
        match self.format {
            Format::Freetext => self.parser.parse_line(text, &mut found),
            Format::Csv => self.parse_cells(text, &mut found),
        }
        found.retain(|candidate| !self.settings.excludes(&candidate.value));
        self.pending = found.into_iter();
    }

    fn parse_cells(&self, line: &str, out: &mut Vec<Candidate>) {
        for (index, cell) in cells(line, &self.settings.delimiter).into_iter().enumerate() {
            if index == 0 && cell.starts_with('#') {
                return;
            }
            if self.settings.columns.is_empty() || self.settings.columns.contains(&(index + 1)) {
                self.parser.parse_line(&cell, out);
            }
        }
    }
}

impl<R: BufRead> Iterator for TextFeed<R> {
    type Item = Result<Candidate, TextFeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(candidate) = self.pending.next() {
                return Some(Ok(candidate));
            }
            if self.ended {
                return None;
            }
            match self.next_line() {
                Ok(true) => self.parse_buffer(),
                Ok(false) => self.ended = true,
                Err(error) => {
                    self.ended = matches!(error, TextFeedError::Io(_));
                    return Some(Err(error));
                }
            }
        }
    }
}

/// Reads up to and with the next line end without keeping anything.
fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() {
            return Ok(());
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(available.len(), |at| at + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// The cells of a line, trimmed of blanks and quotes. A delimiter inside a quoted cell does not part it; a doubled
/// quote in it is one; a quote that is never closed is an ordinary character.
fn cells(line: &str, delimiter: &str) -> Vec<String> {
    let blank = |c: char| c.is_whitespace() && !delimiter.contains(c);
    let mut cells = Vec::new();
    let mut rest = line.trim_end_matches(['\n', '\r']);
    loop {
        let start = rest.trim_start_matches(blank);
        let (cell, after) = match quoted_cell(start, delimiter, blank) {
            Some(split) => split,
            None => match rest.split_once(delimiter) {
                Some((cell, after)) => (cell.to_owned(), Some(after)),
                None => (rest.to_owned(), None),
            },
        };
        cells.push(
            cell.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'')
                .to_owned(),
        );
        match after {
            Some(after) => rest = after,
            None => return cells,
        }
    }
}

/// The quoted cell at the start and what follows its delimiter (`None` at the end of the line).
fn quoted_cell<'a>(
    start: &'a str,
    delimiter: &str,
    blank: impl Fn(char) -> bool,
) -> Option<(String, Option<&'a str>)> {
    let mut rest = start.strip_prefix('"')?;
    let mut cell = String::new();
    loop {
        let (inside, after) = rest.split_once('"')?;
        cell.push_str(inside);
        if let Some(more) = after.strip_prefix('"') {
            cell.push('"');
            rest = more;
            continue;
        }
        let after = after.trim_start_matches(&blank);
        if after.is_empty() {
            return Some((cell, None));
        }
        return after.strip_prefix(delimiter).map(|after| (cell, Some(after)));
    }
}

#[cfg(test)]
mod tests;
