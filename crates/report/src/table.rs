//! Tables of the page. What is in their cells is escaped here.

use crate::html::escaped;

/// A table under construction.
pub struct Table {
    html: String,
}

/// A cell.
pub enum Cell {
    /// A text.
    Text(String),
    /// A number, set to the right.
    Number(String),
    /// A verdict: its class in the style sheet, and its words.
    Verdict(&'static str, String),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn html(&self) -> String {
        match self {
            Self::Text(text) => format!("<td>{}</td>", escaped(text)),
            Self::Number(text) => format!("<td class=\"number\">{}</td>", escaped(text)),
            Self::Verdict(class, words) => {
                format!("<td><span class=\"verdict {class}\">{}</span></td>", escaped(words))
            }
        }
    }
}

impl Table {
    /// A table with a caption and the heads of its columns.
    pub fn new(caption: &str, heads: &[&str]) -> Self {
        let heads: String =
            heads.iter().map(|head| format!("<th scope=\"col\">{}</th>", escaped(head))).collect();
        let html = format!(
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table>\n\
             <caption>{0}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n",
            escaped(caption)
        );
        Self { html }
    }

    /// One more row, whose first cell is its head.
    pub fn row(&mut self, head: &str, cells: &[Cell]) {
        let cells: String = cells.iter().map(Cell::html).collect();
        self.html.push_str(&format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escaped(head)));
    }

    /// The finished table.
    pub fn finish(self) -> String {
        format!("{}</tbody></table></div>\n", self.html)
    }
}
