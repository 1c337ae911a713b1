//! The scale of one axis: the places of values, and the values that carry ticks and labels.
//!
//! A value without a place (not finite, or not positive on a logarithmic scale) is never drawn. This file
//! draws nothing.

/// The kind of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Equal differences have equal lengths.
    Linear,
    /// Equal ratios have equal lengths.
    Logarithmic,
}

/// Beyond this ratio of the largest value to the smallest, ratios matter more than differences.
const WIDE: f64 = 10.0;
/// Steps that differ by less, relative to the largest, are equal.
const EQUAL: f64 = 1e-6;

impl Kind {
    /// The kind for values of a varied key: logarithmic where they are wide apart and not in equal steps.
    pub fn of_key(values: &[f64]) -> Self {
        let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let [least, most] = extremes(values.iter().copied());
        let [shortest, longest] = extremes(steps.iter().copied());
        let in_equal_steps = longest - shortest <= EQUAL * longest.abs().max(shortest.abs());
        let is_wide = least > 0.0 && most / least > WIDE;
        if is_wide && !in_equal_steps { Self::Logarithmic } else { Self::Linear }
    }
}

/// The least and the largest of some values; infinite ones of none.
fn extremes(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[least, most], v: f64| [v.min(least), v.max(most)])
}

/// A range of values and the kind of its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    kind: Kind,
    from: f64,
    until: f64,
    /// Unit of the numbers along the axis, in that of the values.
    unit: f64,
    /// Whether 0 has a place at the lower end of a logarithmic axis, before a break.
    from_zero: bool,
}

/// A tick of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Its value.
    pub value: f64,
    /// Its label; minor ticks have none.
    pub label: Option<String>,
}

/// Place of 0 on a logarithmic axis that has it, and of the least other value, after the break.
const ZERO: f64 = 0.012;
const BREAK: f64 = 0.06;

/// Labels a scale may have before they crowd.
const MOST_LABELS: f64 = 6.5;

impl Scale {
    /// The range that covers the values that have a place, `margin` (a share of the range) wider at
    /// both ends. Without any value: 0 to 1, or 1 to 10.
    pub fn covering(kind: Kind, values: impl IntoIterator<Item = f64>, margin: f64) -> Self {
        let [from, until] = extremes(values.into_iter().filter_map(|v| transformed(kind, v)));
        if from > until {
            return Self { kind, from: 0.0, until: 1.0, unit: 1.0, from_zero: false };
        }
        // A single value gets some room; so does a range that is lost in rounding
        let size = from.abs().max(until.abs());
        let alone = if kind == Kind::Logarithmic { 0.5 } else { (0.1 * size).max(1e-12) };
        let spread = if until - from > 1e-9 * size { margin * (until - from) } else { alone };
        Self { kind, from: from - spread, until: until + spread, unit: 1.0, from_zero: false }
    }

    /// The scale with numbers along it in another unit.
    pub fn counting(self, unit: f64) -> Self {
        Self { unit, ..self }
    }

    /// The scale with a place for 0 as well: at the lower end of a logarithmic axis, before a break.
    pub fn with_zero(self) -> Self {
        Self { from_zero: self.kind == Kind::Logarithmic, ..self }
    }

    /// Place of the break between 0 and the other values; None without a break.
    pub fn break_at(&self) -> Option<f64> {
        self.from_zero.then_some(0.5 * (ZERO + BREAK))
    }

    /// A linear scale from one value to another above it.
    pub fn linear(from: f64, until: f64) -> Self {
        Self { kind: Kind::Linear, from, until, unit: 1.0, from_zero: false }
    }

    /// Place of a value, 0 at the lower end and 1 at the upper one; None if it has none.
    pub fn place(&self, value: f64) -> Option<f64> {
        if self.from_zero && value == 0.0 {
            return Some(ZERO);
        }
        let share = (transformed(self.kind, value)? - self.from) / (self.until - self.from);
        let place = if self.from_zero { BREAK + (1.0 - BREAK) * share } else { share };
        // Places far beyond the page are invisible, and whole pixels would overflow.
        place.is_finite().then(|| place.clamp(-50.0, 50.0))
    }

    /// Whether equal steps of the values are equal steps along the axis.
    pub fn is_linear(&self) -> bool {
        self.kind == Kind::Linear
    }

    /// The lower and the upper end.
    pub fn ends(&self) -> [f64; 2] {
        match self.kind {
            Kind::Linear => [self.from, self.until],
            Kind::Logarithmic => [10_f64.powf(self.from), 10_f64.powf(self.until)],
        }
    }

    /// Ticks, and the power of ten that was taken out of their labels.
    pub fn ticks(&self) -> (Vec<Tick>, i32) {
        let (mut ticks, power) = self.counted().own_ticks();
        if self.from_zero {
            ticks.insert(0, Tick { value: 0.0, label: Some("0".to_owned()) });
        }
        ticks.iter_mut().for_each(|tick| tick.value *= self.unit);
        (ticks, power)
    }

    /// Ticks of the axis of a varied key. On a logarithmic one a key of few values has them at its values,
    /// which round numbers would miss.
    pub fn ticks_of_key(&self, values: &[f64]) -> (Vec<Tick>, i32) {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values.dedup();
        if self.kind == Kind::Linear || values.len() as f64 > MOST_LABELS {
            return self.ticks();
        }
        let named =
            values.into_iter().map(|value| Tick { value, label: Some(short_number(value / self.unit)) });
        (self.visible(named.collect()), 0)
    }

    /// The scale of the numbers along the axis.
    fn counted(&self) -> Self {
        let [from, until] = [self.from, self.until].map(|end: f64| match self.kind {
            Kind::Linear => end / self.unit,
            Kind::Logarithmic => end - self.unit.log10(),
        });
        Self { from, until, unit: 1.0, ..*self }
    }

    fn own_ticks(&self) -> (Vec<Tick>, i32) {
        match self.kind {
            Kind::Linear => self.linear_ticks(),
            Kind::Logarithmic if self.until - self.from < 2.0 => (self.ticks_of_few_decades(), 0),
            Kind::Logarithmic => (self.decade_ticks(), 0),
        }
    }

    fn linear_ticks(&self) -> (Vec<Tick>, i32) {
        let step = round_step((self.until - self.from) / MOST_LABELS);
        let largest = self.from.abs().max(self.until.abs());
        let exponent = largest.log10().floor() as i32;
        let factor = if (-2..5).contains(&exponent) { 0 } else { exponent };
        let decimals = (factor - (step * 1.000_1).log10().floor() as i32 + quarter(step)).max(0) as usize;
        let first = (self.from / step).ceil() as i64;
        let last = (self.until / step).floor() as i64;
        let values = (first..=last).map(|i| i as f64 * step);
        let ticks = values
            .map(|value: f64| Tick { value, label: Some(number(value / 10_f64.powi(factor), decimals)) });
        (ticks.collect(), factor)
    }

    fn decade_ticks(&self) -> Vec<Tick> {
        let every = ((self.until - self.from) / MOST_LABELS).ceil() as i32;
        let mut ticks = Vec::new();
        for decade in self.from.floor() as i32..=self.until.ceil() as i32 {
            let named = decade.rem_euclid(every) == 0;
            if every > 3 && !named {
                continue;
            }
            ticks.push(Tick { value: 10_f64.powi(decade), label: named.then(|| power_of_ten(decade)) });
            let minor = if every == 1 { 2..10 } else { 0..0 };
            ticks.extend(minor.map(|k| Tick { value: f64::from(k) * 10_f64.powi(decade), label: None }));
        }
        self.visible(ticks)
    }

    /// Ticks of a scale with too few powers of ten: multiples have labels as well, or equal steps do.
    fn ticks_of_few_decades(&self) -> Vec<Tick> {
        let [from, until] = self.ends();
        if until / from < 3.0 {
            return Self::linear(from, until).linear_ticks().0;
        }
        let multiples: &[f64] =
            if self.until - self.from < 1.0 { &[1.0, 2.0, 3.0, 5.0, 7.0] } else { &[1.0, 2.0, 5.0] };
        let decades = self.from.floor() as i32..=self.until.ceil() as i32;
        let values = decades.flat_map(|d| multiples.iter().map(move |k| k * 10_f64.powi(d)));
        let named = values.map(|value| Tick { value, label: Some(short_number(value)) });
        self.visible(named.collect())
    }

    /// The ticks between the ends of the axis.
    fn visible(&self, ticks: Vec<Tick>) -> Vec<Tick> {
        ticks
            .into_iter()
            .filter(|tick: &Tick| self.place(tick.value).is_some_and(|p| (-1e-9..=1.0 + 1e-9).contains(&p)))
            .collect()
    }
}

/// The value, or its logarithm; None if it has no place.
fn transformed(kind: Kind, value: f64) -> Option<f64> {
    let transformed = match kind {
        Kind::Linear => value,
        Kind::Logarithmic if value > 0.0 => value.log10(),
        Kind::Logarithmic => return None,
    };
    // Beyond this, differences overflow.
    (transformed.abs() < 1e300).then_some(transformed)
}

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|k| k * power)
        .find(|step| *step >= least * 0.999)
        .unwrap_or(10.0 * power)
}

/// 1 for steps of 2.5, which need a decimal more.
fn quarter(step: f64) -> i32 {
    let leading = step / 10_f64.powf((step * 1.000_1).log10().floor());
    i32::from((leading - 2.5).abs() < 0.01)
}

/// A number with a true minus sign.
fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = text.strip_prefix('-').map_or_else(|| text.clone(), |size| format!("−{size}"));
    if text.trim_start_matches('−').chars().all(|c| c == '0' || c == '.') { "0".to_owned() } else { text }
}

/// 1, 10, or 10 with a raised exponent.
pub fn power_of_ten(exponent: i32) -> String {
    match exponent {
        0 => "1".to_owned(),
        1 => "10".to_owned(),
        _ => format!("10{}", raised(exponent)),
    }
}

/// An exponent in superscript digits.
fn raised(exponent: i32) -> String {
    let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    exponent.to_string().chars().map(|c: char| c.to_digit(10).map_or('⁻', |d| digits[d as usize])).collect()
}

/// A number with three significant digits, as in "t = 0.1".
pub fn short_number(value: f64) -> String {
    match value {
        0.0 => return "0".to_owned(),
        f64::INFINITY => return "∞".to_owned(),
        f64::NEG_INFINITY => return "−∞".to_owned(),
        v if v.is_nan() => return "undefined".to_owned(),
        _ => {}
    }
    let exponent = (value.abs() * 1.000_1).log10().floor() as i32;
    if !(-3..5).contains(&exponent) {
        let leading = short_number(value / 10_f64.powi(exponent));
        return format!("{leading}×{}", power_of_ten(exponent));
    }
    let text = format!("{value:.*}", (2 - exponent).max(0) as usize);
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    true_minus(short)
}

/// A number's text with a true minus sign.
pub fn true_minus(number: &str) -> String {
    number.replace('-', "−")
}

#[cfg(test)]
mod tests;
