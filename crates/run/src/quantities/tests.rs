//! Tests of the list: names are told apart.

use super::*;

#[test]
fn no_name_is_taken_twice_or_read_as_another() {
    for (i, own) in ALL.iter().enumerate() {
        let name = own.pattern();
        assert!(ALL[..i].iter().all(|other| !other.is_called(&name)), "{name}");
        assert_eq!(known(&name), Some(*own), "{name}");
    }
    assert_eq!(known("mean"), None, "of no coordinate");
    assert_eq!(known("mean_b"), Some(MEAN));
    assert_eq!(MEAN.coordinate_of("mean_radius_1"), Some("radius_1"));
    assert_eq!(known("square"), None);
}
