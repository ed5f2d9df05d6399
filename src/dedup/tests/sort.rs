use super::*;
use crate::dedup::external::Sorter;
use crate::dedup::record::Record;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Scratch that counts its files.
#[derive(Default, Clone)]
struct Counted(Rc<Cell<usize>>);

impl Scratch for Counted {
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>> {
        self.0.set(self.0.get() + 1);
        MemoryScratch.create()
    }
}

fn drain<R: Record>(sorter: Sorter<'_, R>) -> Vec<R> {
    let mut sorted = sorter.finish().unwrap();
    let mut out = Vec::new();
    while let Some(record) = sorted.next().unwrap() {
        out.push(record);
    }
    out
}

#[test]
fn external_sort_is_a_sort() {
    let mut random = Random(1);
    for count in [0, 1, 3_000, 3_073, 60_000] {
        let input: Vec<(u64, u64)> = (0..count).map(|_| (random.below(1_000), random.below(40))).collect();
        let expected: Vec<_> = input.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        for budget in BUDGETS {
            let mut scratch = Counted::default();
            let mut sorter = Sorter::new(budget, &mut scratch).unwrap();
            input.iter().for_each(|record| sorter.push(*record).unwrap());
            assert_eq!(drain(sorter), expected, "{count} {budget}");
            // 60,000 x 16 bytes: far above the smallest budget (more runs than its fan-in of 2), far below the largest.
            assert_eq!(scratch.0.get() > 3, count == 60_000 && budget < 1 << 20, "{count} {budget}");
        }
    }
    assert!(Sorter::<(u64, u64)>::new(MIN_BUDGET - 1, &mut MemoryScratch).is_err());
}

/// Scratch whose files give back one changed bit.
struct Rotten;

struct RottenFile(io::Cursor<Vec<u8>>);

impl io::Read for RottenFile {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let at = self.0.position();
        let got = self.0.read(buf)?;
        if at == 0 && got > 100 {
            buf[100] ^= 1;
        }
        Ok(got)
    }
}

impl io::Write for RottenFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Seek for RottenFile {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl Scratch for Rotten {
    fn create(&mut self) -> io::Result<Box<dyn ScratchFile>> {
        Ok(Box::new(RottenFile(io::Cursor::new(Vec::new()))))
    }
}

#[test]
fn rotten_scratch_is_noticed() {
    let mut scratch = Rotten;
    let mut sorter = Sorter::new(MIN_BUDGET, &mut scratch).unwrap();
    (0..20_000_u64).for_each(|i| sorter.push((mix(i), i)).unwrap());
    let result = sorter.finish().and_then(|mut sorted| {
        while sorted.next()?.is_some() {}
        Ok(())
    });
    assert!(matches!(result, Err(DedupError::Damaged { .. })), "{result:?}");
}
