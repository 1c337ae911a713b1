//! Numbers as people write them.

/// "10", "0.1", "1e300": in full where that is short.
pub fn plain(x: f64) -> String {
    match x.abs() {
        size if size == 0.0 || (1e-6..1e9).contains(&size) => format!("{x}"),
        _ => format!("{x:e}"),
    }
}

/// A number to six digits: kε is 0.30000000000000004 where 0.3 is meant.
pub fn short(x: f64) -> String {
    plain(format!("{x:.5e}").parse().unwrap_or(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_full_where_that_is_short() {
        let all = [0.0, 10.0, 0.1, -800.0, 1e-6, 1e300, 5e-324, f64::INFINITY].map(plain);
        assert_eq!(all, ["0", "10", "0.1", "-800", "0.000001", "1e300", "5e-324", "inf"]);
        assert_eq!([0.1 + 0.2, 1.0 / 3.0, 2e300 / 3.0].map(short), ["0.3", "0.333333", "6.66667e299"]);
    }
}
