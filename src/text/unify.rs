//! Characters that look like another and are drawn as it: radicals as the ideographs they stand for, a letter with a
//! combining mark as the one letter.

/// The unified ideographs of the Kangxi radicals U+2F00 to U+2FD5, in order.
///
/// Unicode 15.0, EquivalentUnifiedIdeograph.txt; the same as their compatibility decompositions (NFKC).
const KANGXI: &str = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴\
    廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿\
    目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵\
    邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

/// The unified ideographs of the CJK radicals U+2E80 to U+2EF3, in order; a space where Unicode names none.
///
/// Unicode 15.0, EquivalentUnifiedIdeograph.txt.
const RADICALS: &str = "　厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵　旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫\
    羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉\
    齐歯齿竜龙龜亀龟";

/// For each combining mark, letters and the letters with the mark (Unicode 15.0, canonical decompositions of U+00C0 to U+024F
/// and U+1E00 to U+1EFF).
#[rustfmt::skip]
const MARKS: [(char, &str); 25] = [
    ('\u{300}', "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳ"),
    ('\u{301}', "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứ"),
    ('\u{302}', "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ"),
    ('\u{303}', "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ"),
    ('\u{304}', "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳGḠgḡḶḸḷḹṚṜṛṝ"),
    ('\u{306}', "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭȨḜȩḝẠẶạặ"),
    ('\u{307}', "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ"),
    ('\u{308}', "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸHḦhḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ"),
    ('\u{309}', "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ"),
    ('\u{30a}', "AÅaåUŮuůwẘyẙ"),
    ('\u{30b}', "OŐoőUŰuű"),
    ('\u{30c}', "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ"),
    ('\u{30f}', "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕ"),
    ('\u{311}', "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ"),
    ('\u{31b}', "OƠoơUƯuư"),
    ('\u{323}', "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ"),
    ('\u{324}', "UṲuṳ"),
    ('\u{325}', "AḀaḁ"),
    ('\u{326}', "SȘsșTȚtț"),
    ('\u{327}', "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ"),
    ('\u{328}', "AĄaąEĘeęIĮiįUŲuųOǪoǫ"),
    ('\u{32d}', "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ"),
    ('\u{32e}', "HḪhḫ"),
    ('\u{330}', "EḚeḛIḬiḭUṴuṵ"),
    ('\u{331}', "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ"),
];

/// The unified ideograph a radical is drawn as: `None` if it is one for which Unicode names none, else the character itself.
pub(super) fn unified(ch: char) -> Option<char> {
    let (table, first) = match ch {
        '\u{2e80}'..='\u{2eff}' => (RADICALS, 0x2e80),
        '\u{2f00}'..='\u{2fdf}' => (KANGXI, 0x2f00),
        _ => return Some(ch),
    };
    let at = u32::from(ch).checked_sub(first).and_then(|at| usize::try_from(at).ok())?;
    table.chars().nth(at).filter(|ideograph| *ideograph != '\u{3000}')
}

/// A letter and a combining mark as one letter, where there is one.
pub(super) fn composed(letter: char, mark: char) -> Option<char> {
    let (_, pairs) = MARKS.iter().find(|(known, _)| *known == mark)?;
    let mut pairs = pairs.chars();
    while let (Some(base), Some(whole)) = (pairs.next(), pairs.next()) {
        if base == letter {
            return Some(whole);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_are_drawn_as_ideographs() {
        assert_eq!((KANGXI.chars().count(), RADICALS.chars().count()), (214, 116));
        for (radical, ideograph) in [
            ('\u{2f00}', Some('一')),
            ('\u{2f08}', Some('人')),
            ('\u{2f5f}', Some('玉')),
            ('\u{2fd5}', Some('龠')),
            ('\u{2fd6}', None),
            ('\u{2e80}', None),
            ('\u{2e81}', Some('厂')),
            ('\u{2e9a}', None),
            ('\u{2ecb}', Some('车')),
            ('\u{2ef3}', Some('龟')),
            ('\u{2ef4}', None),
            ('王', Some('王')),
        ] {
            assert_eq!(unified(radical), ideograph, "U+{:04X}", u32::from(radical));
        }
    }

    #[test]
    fn every_radical_leads_to_an_ideograph() {
        let ideographs = KANGXI.chars().chain(RADICALS.chars().filter(|ch| *ch != '\u{3000}'));
        for ch in ideographs {
            assert!(matches!(ch, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}'), "U+{:04X}", u32::from(ch));
        }
    }

    #[test]
    fn marks_join_their_letters() {
        for (letter, mark, whole) in [
            ('u', '\u{308}', Some('ü')),
            ('ü', '\u{304}', Some('ǖ')),
            ('a', '\u{30c}', Some('ǎ')),
            ('王', '\u{308}', None),
            ('a', 'b', None),
        ] {
            assert_eq!(composed(letter, mark), whole);
        }
    }
}
