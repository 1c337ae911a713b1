//! What the layers of a network answer to inputs: the records' laws of pre-activations, layer by layer and
//! time by time, as fans of neurons over the input (`fan`) and as spectra of how many functions they span
//! (`spectrum`). It computes nothing of laws.

mod fan;
mod spectrum;
mod view;

use ab_glyph::InvalidFont;

use super::content::Content;
use super::picture::Picture;
use view::LayeredView;

/// The figures with their names.
///
/// # Errors
/// [`InvalidFont`], if the bundled font cannot be read.
pub fn pictures(content: &Content) -> Result<Vec<(String, Picture)>, InvalidFont> {
    let Some(view) = LayeredView::of(content) else { return Ok(Vec::new()) };
    let name = if view.are_features { "features" } else { "pre_activations" };
    let fan = fan::picture(content, &view)?.map(|picture| (name.to_owned(), picture));
    let spectrum =
        spectrum::picture(content, &view)?.map(|picture| ("diversity_spectrum".to_owned(), picture));
    Ok(fan.into_iter().chain(spectrum).collect())
}
