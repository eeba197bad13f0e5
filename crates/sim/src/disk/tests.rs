use super::*;

fn written(disk: &Disk, path: &Path, bytes: &[u8]) -> Box<dyn OpenFile> {
    let file = disk.create(path).unwrap();
    file.write_at(bytes, 0).unwrap();
    file
}

#[test]
fn what_was_synced_with_its_name_is_there_after_power_is_lost_and_other_things_may_be() {
    let (mut synced, mut kept, mut lost) = (0, 0, 0);
    for seed in 0..100 {
        let disk = Disk::new(Dice::new(seed));
        let dir = Path::new("/d");
        let file = written(&disk, &dir.join("a"), &[1; 2000]);
        file.sync_all().unwrap();
        disk.sync_directory(dir).unwrap();
        file.write_at(&[2; 1000], 2000).unwrap();
        written(&disk, &dir.join("b"), &[3; 10]).sync_all().unwrap();
        disk.lose_power();
        let bytes = disk.read(&dir.join("a")).unwrap();
        assert_eq!(bytes[..2000], [1; 2000]);
        synced += usize::from(bytes.len() == 2000);
        kept += usize::from(bytes[2000..] == [2; 1000]);
        lost += usize::from(disk.read(&dir.join("b")).is_err());
        assert!(file.sync_all().is_err(), "its process has ended");
    }
    assert!(synced > 10 && kept > 10 && lost > 10, "{synced} {kept} {lost}");
}

#[test]
fn a_sync_that_failed_is_made_up_for_by_no_later_one() {
    let mut lost = 0;
    for seed in 0..100 {
        let disk = Disk::new(Dice::new(seed));
        let file = written(&disk, Path::new("/d/a"), &[1; 10]);
        disk.sync_directory(Path::new("/d")).unwrap();
        disk.trouble(|faults| faults.failing = 1);
        file.sync_all().unwrap_err();
        file.sync_all().unwrap();
        disk.lose_power();
        lost += usize::from(disk.read(Path::new("/d/a")).unwrap() != [1; 10]);
    }
    assert!(lost > 10, "{lost}");
}

#[test]
fn power_is_lost_in_the_midst_of_a_change_and_nothing_goes_on_behind_it() {
    let disk = Disk::new(Dice::new(7));
    let path = Path::new("/d/a");
    disk.trouble(|faults| faults.power_after = Some(1));
    let file = disk.create(path).unwrap();
    assert!(!disk.is_out());
    file.write_at(&[1], 0).unwrap_err();
    assert!(disk.is_out() && file.sync_all().is_err() && disk.read(path).is_err());
}

#[test]
fn a_full_disk_takes_no_bytes_and_is_read() {
    let disk = Disk::new(Dice::new(7));
    let file = written(&disk, Path::new("/d/a"), &[1]);
    disk.trouble(|faults| faults.is_full = true);
    assert_eq!(file.write_at(&[2], 1).unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(disk.read(Path::new("/d/a")).unwrap(), [1]);
    disk.trouble(|faults| faults.is_full = false);
    file.write_at(&[2], 1).unwrap();
}
