//! The key of a map's colours: a bar beside the map, from its least value to its largest, with ticks. It
//! chooses no colours.

use super::panel::Panel;
use super::picture::Picture;
use super::ramp::Ramp;
use super::scale::Scale;

/// Space between map and bar, and width of the bar.
pub const BEFORE: f64 = 9.0;
pub const WIDTH: f64 = 9.0;
/// Space for its numbers.
pub const NUMBERS: f64 = 36.0;
/// Shades of the bar.
const SHADES: usize = 48;

/// Draws the key to the right of a map. `share` says how far along the ramp the colour of a place on the bar
/// is, from 0 at its lower end to 1 at its upper one.
pub fn draw(page: &mut Picture, map: &Panel, ramp: Ramp, scale: Scale, share: impl Fn(f64) -> f64) {
    let left = map.left + map.width + BEFORE;
    let key = Panel { left, width: WIDTH, x: Scale::linear(0.0, 1.0), y: scale, ..*map };
    let step = map.height / SHADES as f64;
    for shade in 0..SHADES {
        let bottom = map.top + map.height - step * shade as f64;
        let middle = (shade as f64 + 0.5) / SHADES as f64;
        page.mosaic(vec![[(left, bottom - step), (left + WIDTH, bottom)]], ramp.at(share(middle)));
    }
    key.frame(page);
    key.ticks_on_the_right(page);
}
