//! The look of the systems: colours that are dark enough on white for text (contrast 4.5:1 and more) and
//! distinct for the colour-blind, and dashes that differ as well, for grey print.

use meanfield_run::record::{Nature, Record};
use serde::Serialize;

/// How a system is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Colour of lines and names.
    pub colour: &'static str,
    /// Lengths of dashes and gaps; empty for an unbroken line.
    pub dash: &'static str,
    /// Whether observations are marked: networks are sampled.
    pub marks: bool,
}

const LIMITS: [(&str, &str); 5] =
    [("#000000", ""), ("#a84300", "7 4"), ("#00664b", "10 3 2 3"), ("#8a3b6f", "2 3"), ("#005a8f", "12 4")];
const NETWORKS: [(&str, &str); 4] = [("#00619a", ""), ("#8c5a00", ""), ("#8a3b6f", ""), ("#00664b", "")];

/// The look of each system, in their order.
pub fn looks(records: &[Record]) -> Vec<Look> {
    let networks = |records: &[Record]| records.iter().filter(|record| is_network(record)).count();
    (0..records.len())
        .map(|i| {
            let before = networks(&records[..i]);
            let marks = is_network(&records[i]);
            let (colour, dash) = match marks {
                true => NETWORKS[before % NETWORKS.len()],
                false => LIMITS[(i - before) % LIMITS.len()],
            };
            Look { colour, dash, marks }
        })
        .collect()
}

/// Whether a record is of a network that is trained.
pub fn is_network(record: &Record) -> bool {
    record.nature == Nature::Network
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of a colour `#rrggbb` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |from: usize| {
            let value =
                f64::from(u8::from_str_radix(&colour[from..from + 2], 16).expect("hexadecimal")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    /// The contrast of every colour of the systems, and of the style sheet's text, with white: 4.5:1 at least.
    #[test]
    fn colours_can_be_read_on_white() {
        let text = include_str!("../assets/report.css");
        let named = text.lines().filter_map(|line| line.trim().strip_prefix("--text"));
        let named = named.filter_map(|line| line.split(": ").nth(1)?.strip_suffix(';'));
        let of_text: Vec<&str> = named.collect();
        assert!(of_text.len() >= 4, "{of_text:?}");
        let own = LIMITS.iter().chain(&NETWORKS).map(|(colour, _)| *colour);
        for colour in own.chain(of_text) {
            let contrast = 1.05 / (luminance(colour) + 0.05);
            assert!(contrast >= 4.5, "{colour}: {contrast:.2}");
        }
    }
}
