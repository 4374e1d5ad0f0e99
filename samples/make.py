#!/usr/bin/env python3
"""Writes the sample records. Everybody in them is invented: the region code 990000 exists nowhere, so no identity
number here can be a person's; mobile numbers run on from 19900000001. Same script, same bytes.

    python3 samples/make.py
"""
import json
import pathlib

HERE = pathlib.Path(__file__).parent
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def id_number(birth, sequence):
    """An identity number (GB 11643) in the region 990000; an odd sequence is a man's."""
    digits = "990000" + birth.replace("-", "") + f"{sequence:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS)) % 11]


def write(name, record):
    text = json.dumps(record, ensure_ascii=False, indent=2)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


SPECIALTY = (
    "长期从事高压阀门壳体的五轴数控铣削，擅长薄壁件、异形曲面和深腔的高精度加工。针对奥氏体不锈钢阀体“粘刀、让刀、振纹”三大难题，"
    "摸索出“小切深、大进给、摆线开槽”的工艺路线，把DN300阀体内腔的圆柱度由0.08 mm稳定控制在0.02 mm以内，表面粗糙度达到Ra 0.8 μm，"
    "单件加工时间由11.5 h缩短到6.2 h。对刀不用对刀仪，在同行中有“一刀准”的称呼。"
)
COMPETITIONS = (
    "2011年获瑞安市“云江杯”职工技能竞赛数控铣工第一名；2013年获温州市第五届职业技能大赛数控铣工第二名，授予“温州市技术能手”称号；"
    "2016年代表温州参加浙江省“振兴杯”数控铣工决赛，获第三名；2018年起连续三届担任瑞安市数控铣工竞赛裁判，参与命题6次。"
)
METHODS = (
    "提炼出“王氏三步找正法”：先以百分表粗找端面，再找正孔的轴线，最后在机检测。该法把大型阀体的装夹找正时间由45 min降到12 min，"
    "2019年被瑞安市总工会命名为先进操作法，现已写入公司作业指导书YD/ZY 07—2019，在3个车间、17台加工中心上推广，年节约工时约2,600 h。"
)
INNOVATIONS = (
    "主持完成技术革新14项，获专利6件。其中“一种阀座密封面在线研磨装置”把密封面返修率由7.3%降到0.9%，2020年直接降低成本86万元；"
    "“多工位液压快换夹具”使换型时间由90 min压缩到15 min，被评为温州市职工优秀技术创新成果二等奖。参与制定企业标准3项。"
)
HONOURS = (
    "2013年“温州市技术能手”；2014年“温州市青年岗位能手”；2017年“瑞安市首席技师”；2019年获“瑞安工匠”称号；2020年被评为浙江省机械行业“巾帼建功标兵”。"
    "2018年以本人名字命名的“王㛃技能大师工作室”通过市级验收。"
)
CONTRIBUTIONS = (
    "坚持“传技先传德”，采用“一图、一刀、一标准”带徒法，先后带徒26人，其中4人晋升高级技师、9人晋升技师，2人获温州市级竞赛前三名。"
    "在瑞安市职业中等专业学校担任兼职教师6年，年授课96学时。"
)
ACHIEVEMENTS = {
    "specialty": (SPECIALTY, "云渡公司总工程师陈某某；工艺卡YD-G-0312"),
    "competitions": (COMPETITIONS, "获奖证书复印件3份；瑞安市总工会聘书"),
    "methods": (METHODS, "先进操作法命名文件；作业指导书YD/ZY 07—2019"),
    "innovations": (INNOVATIONS, "专利证书6份；财务部效益证明"),
    "honours": (HONOURS, "荣誉证书复印件5份"),
    "contributions": (CONTRIBUTIONS, "师徒协议26份；学校聘书"),
}

SUMMARY = """　　本人1985年3月出生，2006年7月从浙江工贸职业技术学院数控技术专业毕业，进入瑞安市云渡精密阀门有限公司，从数控铣床操作工做起，至今已在生产一线工作15年。15年来，我只做一件事：把阀门的“心脏”——阀体、阀座加工得更准、更快、更省。
　　2008年，公司承接第一批出口不锈钢球阀，阀体内腔圆柱度要求0.02 mm，连续报废了9件。我在机床边守了两天两夜，发现问题出在刀具和切屑上，于是改用摆线开槽，配合内冷刀具和分层加工，第10件一次合格。从那以后，公司里最难的工件就到了我的手上。
　　技术要靠积累。我先后完成技术革新14项，获得专利6件，解决生产难题30多个；提出的“三步找正法”在17台加工中心上推广，每年节约工时约2,600 h；参与研制的阀座在线研磨装置，使密封面返修率由7.3%降到0.9%。2017年，我取得数控铣工高级技师（一级）职业资格，2018年组建技能大师工作室，工作室成员由最初的5人发展到现在的19人。
　　一个人的手再准，也只有两只。我把经验编成《阀体五轴加工50例》，从图纸、装夹、刀路到检测，一步一图，新员工照着做就能上手。15年来我带徒26人，其中4人成为高级技师、9人成为技师。
　　今后，我将继续立足岗位，研究多轴加工和数字化加工技术，把工作室办成培养青年技能人才的“练兵场”，为温州先进装备制造业的发展多作贡献。"""

DEEDS = """一刀准，十五年
——记瑞安市云渡精密阀门有限公司数控铣工王㛃

　　走进云渡公司三号车间，最里面那台五轴加工中心旁总围着几个年轻人。中间那位扎着马尾、戴着护目镜的女师傅，就是大家口中的“一刀准”王㛃。她不看对刀仪，侧耳听上几秒，便能说出刀尖磨掉了几丝。
　　2006年，21岁的王㛃从学校毕业来到车间，成了铣工组唯一的女工。有人打赌她待不满三个月。她不争辩，只是每天比别人早到一小时，把前一天的废件捡回来，一件一件量、一处一处找原因。那一年，她记下了废品原因217条，后来成了车间的“错题本”。
　　2008年，公司第一次接到出口订单，300件不锈钢球阀，内腔圆柱度只允许差0.02 mm。前9件全部报废，外方代表已经订了回程的机票。王㛃在机床旁守了两天两夜，把刀路改成摆线，把余量分成三层，第10件放上三坐标测量机，屏幕上跳出0.014。订单保住了，这条工艺路线一直用到今天。
　　难题解决得多了，王㛃开始琢磨怎样让别人也能解决难题。她把大型阀体的找正总结为三步，取名“三步找正法”，45分钟的活12分钟就能干完。2019年，这个方法被命名为瑞安市先进操作法，在3个车间推广。她又带着徒弟做出多工位液压快换夹具，换型时间从一个半小时缩短到一刻钟。算下来，她主持的14项革新每年为企业节约成本200多万元。
　　“师傅的本事，徒弟得拿得走。”这是王㛃常说的一句话。她编写的《阀体五轴加工50例》没有一句空话，每一例都配着图纸、刀具清单和检验记录。26名徒弟中，4人当上了高级技师，徒弟林某某还在温州市职业技能大赛上拿了第二名。每周三下午，她到职业学校给学生上课，六年没有缺过一次。
　　2020年春节，口罩成了最紧俏的东西，而本地企业缺的是喷丝板：巴掌大的钢板上要打1,680个小孔，每个孔的误差不能超过一根头发丝的十分之一。王㛃把铺盖搬进车间，带着工作室6名成员轮班试制。钻头断了43支，方案改了12版，第七天凌晨四点，最后一块喷丝板检验合格。天亮时，接货的车已经等在厂门口。
　　如今，以她名字命名的技能大师工作室有了19名成员、两间实训室。有人劝她转做管理，她摇摇头：“我离不开机床的声音。”十五年，一台机床，一把铣刀，她把平凡的岗位做成了自己的舞台。"""

BRIEF = {
    "innovations": "主持“阀座在线研磨装置”“多工位液压快换夹具”等革新14项，获专利6件，年降本约200万元；“三步找正法”被命名为瑞安市先进操作法。",
    "specialty": "擅长不锈钢薄壁、异形阀体五轴加工，内腔圆柱度稳定在0.02 mm以内，听声辨刀，人称“一刀准”。",
    "publications": "编写企业教材《阀体五轴加工50例》；在《机械工人》发表《摆线铣削在不锈钢阀体加工中的应用》。",
    "mentoring": "带徒26人，其中高级技师4人、技师9人，2人获市级竞赛前三名；任市职业中专兼职教师6年。",
    "awards": "温州市技术能手（2013）、温州市青年岗位能手（2014）、瑞安市首席技师（2017）；省“振兴杯”第三名（2016）。",
    "opinion": "该同志技艺精湛、贡献突出，同意推荐。",
}

SHORT_SUMMARY = """　　参加工作以来，我一直在生产一线从事数控加工，先后操作过7种型号的机床。最初的三年，我跟着师傅从磨刀学起，把每一道工序的切削参数都记在本子上；后来独立承担出口阀体的试制任务，练就了“一把刀、一次装夹、一次合格”的硬功夫。
　　工作中我坚持两条：一是难活抢着干，二是本事不藏私。近五年解决生产难题21项，提出合理化建议63条，带出徒弟8人，其中技师2人。今后我将继续钻研多轴联动加工，争取在关键零件国产化方面作出新的成绩。"""

RESUME = [
    ("2003.09—2006.06", "浙江工贸职业技术学院数控技术专业学习", "李某某"),
    ("2006.07—2009.12", "瑞安市云渡精密阀门有限公司三车间数控铣工", "陈某某"),
    ("2010.01—2012.06", "同公司三车间五轴加工组组长；其间取得数控铣工技师资格", "陈某某"),
    ("2012.07—2016.12", "同公司工艺科工艺员兼五轴加工组组长；2014.03—2016.06在职学习，获大学本科学历", "周某某"),
    ("2017.01—2018.05", "同公司三车间副主任；取得数控铣工高级技师资格", "周某某"),
    ("2018.06—2021.09", "同公司三车间主任、“王㛃技能大师工作室”领办人", "吴某某"),
]


def rows(resume):
    return [{"period": period, "work": work, "witness": witness} for period, work, witness in resume]


def another(name):
    """The nominee's record with another person in it: what speaks of her alone gives way."""
    honours = (
        f"2014年“温州市技术能手”；2016年“温州市青年岗位能手”；2018年获瑞安市“五一劳动奖章”；2019年“瑞安工匠”；2020年度公司“安全生产先进个人”。"
        f"2019年以{name}名字命名的班组被评为瑞安市“工人先锋号”。"
    )
    texts = ACHIEVEMENTS | {"honours": (honours, "荣誉证书复印件5份"), "methods": (METHODS.replace("王氏", ""), ACHIEVEMENTS["methods"][1])}
    record = NOMINEE | {"name": name, "personal_summary": SHORT_SUMMARY, "achievements": achievements(texts)}
    return {key: value for key, value in record.items() if key not in ("deeds", "remark")}


def achievements(texts):
    return {key: {"content": content, "evidence": evidence} for key, (content, evidence) in texts.items()}


NOMINEE = {
    "name": "王㛃",
    "sex": "女",
    "birth": "1985-03",
    "ethnicity": "汉族",
    "birthplace": "浙江瑞安",
    "health": "健康",
    "education": "大学本科",
    "work_start": "2006-07",
    "employer": "瑞安市云渡精密阀门有限公司",
    "recommender": "瑞安市人力资源和社会保障局",
    "post": "数控铣工",
    "trade": "数控铣工",
    "trade_years": "15年",
    "skill_level": "高级技师（一级）",
    "skill_level_date": "2017-11",
    "position": "车间主任、工程师",
    "id_number": id_number("1985-03-12", 2),
    "mobile": "19900000001",
    "address": "浙江省瑞安市云渡街道试制路1号",
    "postcode": "325200",
    "photo": "photos/photo-1.jpg",
    "resume": rows(RESUME),
    "achievements": achievements(ACHIEVEMENTS),
    "personal_summary": SUMMARY,
    "social_posts": "瑞安市职工技术协会理事、瑞安市职业中等专业学校兼职教师",
    "brief": BRIEF,
    "remark": "市级技能大师工作室领办人",
    "deeds": DEEDS,
}

# --- too much of everything -------------------------------------------------------------------------------------

YEARLY = [
    "{y}年，为解决{part}加工中的振刀问题，把刀具悬伸由{a} mm缩短{b} mm，合格率由{c}%升到{d}%。",
    "{y}年，承担公司“{part}国产化替代”攻关任务，试制{a}轮，第{b}轮通过{c} h寿命试验。",
    "{y}年，在市级技能竞赛中担任实操裁判，评阅零件{a}件，复核争议{b}项，无一申诉成立。",
    "{y}年，带徒{b}人，每周授课2学时，全年累计{a}学时，徒弟全部通过中级工考核。",
    "{y}年，改造老旧铣床{b}台，加装光栅尺和数显装置，每台花费不足{tens}00元，定位误差小于0.0{b} mm。",
    "{y}年，编写{part}工序卡{a}份，把“看、听、摸、量”的经验变成可以照着做的数据。",
    "{y}年，参加“技能助企”活动，与{b}家小微企业签订帮扶协议，上门解决难题{a}个。",
    "{y}年，设计{part}专用芯棒和对刀块，一次装夹完成{b}道工序，装夹时间由{a} min减为{b} min。",
    "{y}年，提出合理化建议{a}条，被采纳{b}条，当年节约刀具费用{c}万元。",
    "{y}年，因{part}批量返修，连续{b}天驻厂排查，最终查明是冷却液浓度偏低，调整后返修率降为零。",
    "{y}年，学习CAD/CAM软件，独立完成{part}的三维建模和后处理调试，减少空行程{a}%。",
    "{y}年，在行业协会技术交流会上介绍{part}的加工经验，听众{tens}余人，会后有{b}家企业来厂学习。",
    "{y}年，配合质检科建立{part}首件三检制度，全年漏检{b}件，比上年少{a}件。",
]
PARTS = ["阀体", "阀座", "偏心轴", "泵盖", "薄壁套", "叶轮", "喷丝板", "法兰", "连接环", "壳体", "凸轮", "导向套"]


def numbered(least, start="（{n}）"):
    """Whole sentences with running numbers, at least so many characters."""
    out, n = "", 0
    while len(out) < least:
        year, part = 2001 + n // 4, PARTS[n * 5 % len(PARTS)]
        line = YEARLY[n * 3 % len(YEARLY)].format(
            y=year, part=part, a=30 + n * 7 % 61, b=2 + n % 7, c=71 + n * 3 % 14, d=95 + n % 5, tens=(3 + n % 6) * 10
        )
        n += 1
        out += start.format(n=n) + line
        if n % 6 == 0:
            out += "\n"
    return out.rstrip("\n")


OVERFULL = another("林万全") | {
    "sex": "男",
    "birth": "1971-10",
    "work_start": "1988-08",
    "education": "高中（后取得成人大专学历）",
    "trade_years": "33年",
    "position": "首席技师、高级工程师、生产技术部副部长",
    "id_number": id_number("1971-10-23", 17),
    "mobile": "19900000002",
    "photo": "photos/photo-2.jpg",
    "personal_summary": numbered(3000),
    "achievements": another("林万全")["achievements"]
    | {"innovations": {"content": numbered(2000, "第{n}项："), "evidence": "专利证书、验收报告和效益证明共47份，另附目录"}},
    "resume": rows(
        [
            ("1985.09—1988.07", "瑞安市云渡中学高中部学习", "郑某某"),
            ("1988.08—1990.12", "瑞安县云渡农机修配厂学徒，学习车工、钳工", "蔡某某"),
            ("1991.01—1993.06", "瑞安市云渡农机修配厂车工", "蔡某某"),
            ("1993.07—1996.02", "瑞安市云渡汽车配件厂铣工、机修组组长", "黄某某"),
            ("1996.03—1998.12", "温州市云渡泵阀厂铣工；其间脱产参加技师培训班6个月", "黄某某"),
            ("1999.01—2001.08", "温州市云渡泵阀厂数控车间筹备组成员，负责首批3台数控铣床的安装调试", "吴某某"),
            ("2001.09—2004.06", "温州市云渡泵阀厂数控铣工；成人高等教育机械制造专业学习，获大专学历", "吴某某"),
            ("2004.07—2008.03", "瑞安市云渡精密阀门有限公司数控车间副主任", "陈某某"),
            ("2008.04—2012.12", "同公司数控车间主任，取得高级技师资格", "陈某某"),
            ("2013.01—2015.09", "同公司生产技术部副部长兼数控车间主任", "周某某"),
            ("2015.10—2018.05", "同公司技能大师工作室领办人，兼瑞安市职业中等专业学校实训指导教师", "周某某"),
            ("2018.06—2021.09", "同公司首席技师、工会副主席", "周某某"),
        ]
    ),
}

# --- names ------------------------------------------------------------------------------------------------------

RARE = another("王㛃𠅤𬭎") | {
    "birth": "1990-06",
    "work_start": "2012-08",
    "trade_years": "9年",
    "skill_level": "技师（二级）",
    "id_number": id_number("1990-06-05", 24),
    "mobile": "19900000003",
    "photo": "photos/photo-2.jpg",
    "social_posts": "㙦溪村青年创业协会会员",
    "resume": rows(
        [
            ("2009.09—2012.06", "温州职业技术学院模具设计与制造专业学习", "王某某"),
            ("2012.08—2021.09", "瑞安市云渡精密阀门有限公司数控铣工", "陈𬭎"),
        ]
    ),
}

MINORITY = another("阿卜杜热合曼·阿卜杜克里木·阿卜力克木江") | {
    "sex": "男",
    "birth": "1982-01",
    "ethnicity": "维吾尔族",
    "birthplace": "新疆喀什",
    "work_start": "2003-09",
    "trade_years": "18年",
    "id_number": id_number("1982-01-09", 33),
    "mobile": "19900000004",
    "photo": "photos/photo-2.jpg",
    "resume": rows(
        [
            ("2000.09—2003.06", "喀什地区技工学校焊接专业学习", "艾某某·买买提"),
            ("2003.09—2021.09", "瑞安市云渡精密阀门有限公司焊工、数控铣工", "陈某某"),
        ]
    ),
}

# --- a dossier as a folder --------------------------------------------------------------------------------------

LIN = "林小舟"

DOSSIER = another(LIN) | {
    "sex": "男",
    "birth": "1986-04",
    "work_start": "2007-07",
    "trade_years": "14年",
    "id_number": id_number("1986-04-09", 11),
    "mobile": "19900000005",
    "resume": rows(
        [
            ("2004.09—2007.06", "浙江工贸职业技术学院数控技术专业学习", "李某某"),
            ("2007.07—2021.09", "瑞安市云渡精密阀门有限公司数控铣工", "陈某某"),
        ]
    ),
}


def folder():
    """What is not in the record lies beside it: the photo, the deeds, the copies (samples/draw_certificates.py)."""
    there = HERE / "dossier" / LIN
    there.mkdir(parents=True, exist_ok=True)
    write(f"dossier/{LIN}/记录.json", {key: value for key, value in DOSSIER.items() if key not in ("photo", "deeds", "attachments")})
    (there / "照片.jpg").write_bytes((HERE / "photos" / "photo-2.jpg").read_bytes())
    deeds = DEEDS.replace("王㛃", LIN).replace("女师傅", "师傅").replace("唯一的女工", "最年轻的工人").replace("她", "他")
    (there / "事迹材料.txt").write_text(deeds.replace("扎着马尾、", "") + "\n", encoding="utf-8")


# --- the sheet of thirty ----------------------------------------------------------------------------------------

# Who recommends, where they work, what is made there (places in TRADES).
UNITS = [
    ("鹿城区", "温州市云渡鞋机有限公司", [5, 6, 0, 3]),
    ("龙湾区", "温州云渡紧固件有限公司", [0, 4, 1, 2]),
    ("瓯海区", "温州云渡眼镜工艺品有限公司", [1, 4, 8]),
    ("洞头区", "温州市云渡船舶修造有限公司", [2]),
    ("乐清市", "乐清市云渡电气有限公司", [3, 1, 6, 3, 0]),
    ("瑞安市", "瑞安市云渡汽车零部件有限公司", [9, 0, 6, 4]),
    ("永嘉县", "永嘉县云渡泵阀有限公司", [2, 0, 4]),
    ("平阳县", "平阳县云渡包装机械有限公司", [4, 3]),
    ("苍南县", "苍南县云渡印业有限公司", [7, 7]),
    ("龙港市", "龙港市云渡新材料有限公司", [7, 3]),
]
NAMES = (
    "陈建国 林晓燕 黄志强 郑海波 周丽珍 吴国栋 蔡文斌 叶秀梅 金永康 潘向阳 朱小微 徐长青 戴乐怡 张成龙 李春花 "
    "胡克俭 谢天明 夏雨荷 包正义 项光华 倪伟民 孙玉兰 赵大勇 钱学诚 诸葛明 欧阳静 邵立新 温如玉 南宫适 卢俊峰"
).split()
WOMEN = set("林晓燕 周丽珍 叶秀梅 朱小微 戴乐怡 李春花 夏雨荷 孙玉兰 欧阳静 温如玉".split())
TRADES = [
    ("数控车工", "细长轴、薄壁套的高精度车削", "双顶一夹细长轴车削法", "主轴套筒"),
    ("模具工", "注塑模具型腔的修整与抛光", "模具快速换芯结构", "手机支架模具"),
    ("焊工", "不锈钢薄板氩弧焊单面焊双面成形", "环缝自动焊跟踪装置", "压力容器封头"),
    ("电工", "高低压成套设备的故障诊断", "断路器触头磨损在线监测装置", "智能开关柜"),
    ("钳工", "精密导轨的刮研和装配", "可调式刮研平尺", "五轴机床立柱"),
    ("制鞋工", "高档皮鞋的手工帮面整形", "鞋楦快速修正样板", "绷帮机"),
    ("工业机器人系统操作员", "六轴机器人的轨迹优化与离线编程", "柔性上下料手爪", "焊装生产线"),
    ("平版印刷工", "高精细专色印刷的色彩控制", "墨量预置曲线库", "防伪标签"),
    ("瓯塑艺人", "瓯塑浮雕的层次塑造与设色", "矿物颜料耐候配方", "瓯塑壁画"),
    ("汽车维修工", "新能源汽车动力电池故障诊断", "电池包气密性检测工装", "电驱动总成"),
]
LEVELS = ["技师（二级）", "高级技师（一级）", "高级技师（一级）"]
POSITIONS = ["班组长", "车间主任、工程师", "技术部副部长", "无", "工艺员、助理工程师", "首席技师"]
EDUCATIONS = ["大专", "高中", "大学本科", "中专"]


def person(n, unit, employer, trade):
    trade, skill, method, product = TRADES[trade]
    born = 1966 + n * 11 % 27
    month, day = 1 + n * 5 % 12, 1 + n * 7 % 28
    start = born + 18 + n % 5
    woman = NAMES[n] in WOMEN
    return {
        "name": NAMES[n],
        "sex": "女" if woman else "男",
        "birth": f"{born}-{month:02d}",
        "ethnicity": "畲族" if n in (9, 22) else "汉族",
        "education": EDUCATIONS[n % len(EDUCATIONS)],
        "work_start": f"{start}-{1 + n * 3 % 12:02d}",
        "employer": employer,
        "recommender": f"{unit}人力资源和社会保障局",
        "post": trade,
        "trade": trade,
        "trade_years": f"{2021 - start}年",
        "skill_level": LEVELS[n % len(LEVELS)],
        "skill_level_date": f"{2012 + n % 8}-{1 + n * 4 % 12:02d}",
        "position": POSITIONS[n % len(POSITIONS)],
        "id_number": id_number(f"{born}-{month:02d}-{day:02d}", 100 + 2 * n + (0 if woman else 1)),
        "mobile": str(19900000101 + n),
        "social_posts": "瑞安市职工技术协会会员" if unit == "瑞安市" else ("无" if n % 3 else f"{unit}技能人才协会理事"),
        "brief": {
            "innovations": f"完成{product}等技术革新{3 + n % 9}项，研制“{method}”，年创效益{30 + n * 13 % 170}万元，获专利{1 + n % 6}件。",
            "specialty": f"擅长{skill}，一次合格率{97 + n % 3}.{n % 10}%。",
            "publications": f"在《温州技工》发表《{method}的应用》。" if n % 2 else "无",
            "mentoring": f"带徒{4 + n * 5 % 21}人，其中技师以上{1 + n % 5}人。",
            "awards": [f"温州市技术能手（{2013 + n % 7}）", f"温州市青年岗位能手（{2014 + n % 6}）", f"{unit}职业技能竞赛第一名（{2015 + n % 5}）"][n % 3],
            "opinion": "技艺精湛，同意推荐。" if n % 2 else "业绩突出，带徒成效好，同意推荐。",
        },
        "remark": "掌握绝技绝活" if trade == "瓯塑艺人" else "",
    }


def sheet():
    people = []
    for unit, employer, trades in UNITS:
        people += [person(len(people) + k, unit, employer, trade) for k, trade in enumerate(trades)]
    return {"nominees": [{key: value for key, value in one.items() if value != ""} for one in people]}


# --- a batch of fourteen ----------------------------------------------------------------------------------------


def batch():
    """Whole records as units send them: two have mistakes, and one unit recommends more than it may."""
    people = [person(10 + n, *UNITS[unit][:2], trade) for n, (unit, trade) in enumerate([(5, 0), (0, 5), (3, 2), (4, 3), (6, 2), (3, 0)] * 2)]
    records = []
    for n, short in enumerate(people):
        base = another(short["name"])
        record = base | {key: value for key, value in short.items() if value != ""}
        record["photo"] = f"photos/photo-{1 + n % 2}.jpg"
        record["deeds"] = DEEDS.replace("王㛃", record["name"]).replace("瑞安市云渡精密阀门有限公司", record["employer"])
        records.append(record)
    records.insert(2, RARE | {"deeds": DEEDS.replace("王㛃", RARE["name"])})
    records.insert(7, MINORITY | {"recommender": "温州市阀门行业协会"})
    # One digit mistyped; a name that was forgotten.
    number = records[5]["id_number"]
    records[5]["id_number"] = number[:-2] + str((int(number[-2]) + 1) % 10) + number[-1]
    records[9] = {key: value for key, value in records[9].items() if key != "name"}
    return records


# --- what the templates show themselves with --------------------------------------------------------------------


def shown():
    """The `sample.json` in the folder of each template: the service hands it out."""
    templates = HERE.parent / "templates"

    def put(template, record):
        text = json.dumps(record, ensure_ascii=False, indent=2)
        (templates / template / "sample.json").write_text(text + "\n", encoding="utf-8")

    people = sheet()["nominees"]
    (templates / "recommendation" / "sample.jpg").write_bytes((HERE / "photos" / "photo-1.jpg").read_bytes())
    put("recommendation", NOMINEE | {"photo": "sample.jpg"})
    put("deeds", {key: NOMINEE[key] for key in ("name", "employer", "deeds")})
    put("summary", {"nominees": people})
    unit = people[0]["recommender"]
    keys = ("name", "employer", "trade", "skill_level")
    mine = [{key: one[key] for key in keys} for one in people if one["recommender"] == unit]
    put("letter", {"count": str(len(mine)), "unit": unit, "letter_date": "2021-09-26", "nominees": mine})


if __name__ == "__main__":
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in batch())
    (HERE / "batch.jsonl").write_text("".join(lines), encoding="utf-8")
    write("nominee.json", NOMINEE)
    write("overfull.json", OVERFULL)
    write("rare.json", RARE)
    write("minority.json", MINORITY)
    write("sheet.json", sheet())
    folder()
    shown()
