//! Colours from white to that of a system, in steps that look even: a straight line in Oklab (Ottosson 2020).
//! As it gets evenly darker and keeps its hue, neither print in grey nor colour-blindness changes the order.
//! It knows colours alone, no data.

use plotters::style::RGBColor;

/// Lightness of the dark end, in Oklab's units (white is 1): dots of any system are visible on it.
const DARKEST: f64 = 0.38;

/// Colours for shares from 0, white, to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// The dark end in Oklab.
    end: [f64; 3],
}

impl Ramp {
    /// The ramp from white to a dark shade of this colour.
    pub fn to(colour: RGBColor) -> Self {
        let [lightness, a, b] = oklab(colour);
        let darker = if lightness > 0.0 { DARKEST / lightness } else { 0.0 };
        Self { end: [DARKEST, darker * a, darker * b] }
    }

    /// The colour at a share of the way.
    pub fn at(&self, share: f64) -> RGBColor {
        let share = share.clamp(0.0, 1.0);
        let [lightness, a, b] = self.end;
        from_oklab([1.0 + share * (lightness - 1.0), share * a, share * b])
    }
}

/// A colour in Oklab: lightness, and two axes of hue.
fn oklab(RGBColor(r, g, b): RGBColor) -> [f64; 3] {
    let [r, g, b] = [r, g, b].map(|c| linear(f64::from(c) / 255.0));
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// The inverse of [`oklab`]; what is outside sRGB is clipped.
fn from_oklab([lightness, a, b]: [f64; 3]) -> RGBColor {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    RGBColor(
        byte(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        byte(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        byte(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
    )
}

/// One channel of a colour as a byte, from its amount of light.
fn byte(c: f64) -> u8 {
    (255.0 * encoded(c.clamp(0.0, 1.0))).round() as u8
}

/// The amount of light that sRGB encodes by a number in [0, 1].
fn linear(c: f64) -> f64 {
    if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

/// The inverse of [`linear`].
fn encoded(c: f64) -> f64 {
    if c <= 0.003_130_8 { 12.92 * c } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back_from_oklab() {
        for colour in
            [RGBColor(0, 0, 0), RGBColor(213, 94, 0), RGBColor(0, 114, 178), RGBColor(255, 255, 255)]
        {
            assert_eq!(from_oklab(oklab(colour)), colour);
        }
    }

    #[test]
    fn lightness_falls_in_even_steps_from_white() {
        for colour in [RGBColor(0, 0, 0), RGBColor(213, 94, 0), RGBColor(86, 180, 233)] {
            let ramp = Ramp::to(colour);
            assert_eq!(ramp.at(0.0), RGBColor(255, 255, 255));
            let lightness: Vec<f64> = (0..=10).map(|i| oklab(ramp.at(0.1 * f64::from(i)))[0]).collect();
            let even = lightness.windows(2).all(|pair| (pair[0] - pair[1] - 0.062).abs() < 0.006);
            assert!(even, "{lightness:?}");
        }
    }
}
