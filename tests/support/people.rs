//! As many invented people as wanted: the sample nominee, each with a name, numbers and texts of their own.

use std::fs;
use std::path::Path;

use formwright::record::id_number;
use serde_json::{Value, json};

const SURNAMES: [&str; 12] = ["陈", "林", "黄", "郑", "周", "吴", "蔡", "叶", "金", "潘", "欧阳", "王"];
const NAMES: [&str; 12] = ["建国", "晓燕", "志强", "海波", "丽珍", "国栋", "文斌", "秀梅", "永康", "㛃", "𠅤𬭎", "静"];
const UNITS: [&str; 6] = ["瑞安市人力资源和社会保障局", "鹿城区", "乐清市人社局", "永嘉县", "温州市机械行业协会", "平阳县"];

/// Person number `n`, from 0; the photo is `photos/photo-1.jpg` or `photos/photo-2.jpg`.
pub fn person(n: usize) -> Value {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/nominee.json")).expect("the sample is there");
    let mut person: Value = serde_json::from_str(&text).expect("the sample is JSON");
    let name = format!("{}{}", SURNAMES[n % 12], NAMES[n / 12 % 12]);
    let woman = n % 2 == 1;
    let (year, month, day) = (1972 + n % 20, 1 + n % 12, 1 + n % 28);
    person["name"] = json!(name);
    person["sex"] = json!(if woman { "女" } else { "男" });
    person["birth"] = json!(format!("{year}-{month:02}"));
    person["work_start"] = json!(format!("{}-07", year + 20));
    person["id_number"] = json!(identity(&format!("990000{year}{month:02}{day:02}{:03}", (n * 2 + usize::from(!woman)) % 1000)));
    person["mobile"] = json!((19_900_000_100_u64 + n as u64).to_string());
    person["recommender"] = json!(UNITS[n % UNITS.len()]);
    person["photo"] = json!(format!("photos/photo-{}.jpg", 1 + n % 2));
    let summary = person["personal_summary"].as_str().unwrap_or_default().replace("王㛃", &name);
    person["personal_summary"] = json!(format!("{summary}编号{n}。"));
    person
}

/// An identity number of seventeen digits and its right check character.
fn identity(digits: &str) -> String {
    let number = id_number::parse(&format!("{digits}0")).expect("it has the right shape");
    format!("{digits}{}", number.expected_check())
}

/// Writes so many people as JSON Lines, with the photos that they name beside the file.
pub fn write(path: &Path, count: usize) {
    let lines: Vec<String> = (0..count).map(|n| person(n).to_string()).collect();
    fs::write(path, lines.join("\n")).expect("there is room");
    photos(path.parent().expect("it is in a folder"));
}

/// Puts the photos into a folder.
pub fn photos(folder: &Path) {
    let photos = folder.join("photos");
    fs::create_dir_all(&photos).expect("there is room");
    for name in ["photo-1.jpg", "photo-2.jpg"] {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/photos").join(name), photos.join(name)).expect("there is room");
    }
}
