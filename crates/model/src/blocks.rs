//! Blocks of coordinates: how many each of them has. Nothing is known of what they are coordinates of.

/// Most blocks: each leaves a coordinate of a neuron, and of four they would be more than a law is known in
/// where neurons have anything else.
pub const MOST_BLOCKS: usize = 3;

/// Two or three blocks, by the number of their coordinates, in their order.
///
/// ```
/// use meanfield_model::blocks::Blocks;
///
/// let blocks = Blocks::listed(&[10, 10, 20]).expect("three");
/// assert_eq!((blocks.count(), blocks.each().sum::<usize>()), (3, 40));
/// assert_eq!(Blocks::listed(&[40]), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    count: usize,
    /// 0 beyond the last.
    dimensions: [usize; MOST_BLOCKS],
}

impl Blocks {
    /// Blocks of these many coordinates; None where they are neither two nor three.
    pub fn listed(dimensions: &[usize]) -> Option<Self> {
        let count = dimensions.len();
        let mut all = [0; MOST_BLOCKS];
        all.get_mut(..count)?.copy_from_slice(dimensions);
        (count > 1).then_some(Self { count, dimensions: all })
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.count
    }

    /// The number of coordinates of each.
    pub fn each(self) -> impl Iterator<Item = usize> {
        self.dimensions.into_iter().take(self.count)
    }
}

impl From<[usize; 2]> for Blocks {
    fn from([first, second]: [usize; 2]) -> Self {
        Self { count: 2, dimensions: [first, second, 0] }
    }
}

impl From<[usize; 3]> for Blocks {
    fn from(dimensions: [usize; 3]) -> Self {
        Self { count: 3, dimensions }
    }
}
