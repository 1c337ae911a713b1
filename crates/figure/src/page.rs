//! A page with panels in a grid: title and legend above them. What the panels show is for each figure to
//! draw.

use ab_glyph::InvalidFont;

use super::content::Content;
use super::legend::{self, Entry};
use super::panel_grid::{LEFT, PanelGrid, RIGHT};
use super::picture::Picture;
use super::text::Typeface;
use super::title::{TITLE_ROW, draw_title, title_lines};

/// A page with its title and legend, and the panels' places: `grid` is given where they may begin. `point` is
/// the point of varied keys that the page is about, in words; empty where there is none.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn begin(
    content: &Content,
    point: &str,
    entries: &[Entry],
    grid: impl FnOnce(f64) -> PanelGrid,
) -> Result<(Picture, PanelGrid), InvalidFont> {
    let typeface = Typeface::bundled()?;
    let inner = content.sheet.layout_width() - LEFT - RIGHT;
    let lines = title_lines(&content.heading(point), &typeface, inner);
    let head = TITLE_ROW * lines.len() as f64 + 6.0;
    let grid = grid(head + legend::height(entries, &typeface, inner));
    let mut page = Picture::new(&content.sheet, grid.page_height(), typeface);
    draw_title(&mut page, &lines, LEFT, 4.0);
    legend::draw(&mut page, entries, (LEFT, head), inner);
    Ok((page, grid))
}
