"""Why children stay away in the invented counties, and what their families say: material for believable records."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tale:
    """One family's story. `cause` is a code of the list reason_code."""

    cause: str
    pupil: str
    guardian: str
    family: str
    offered: str
    whereabouts: str = "在家"
    duty: str = "已宣讲义务教育法第五条、第十一条，监护人表示知道"


GUARDIAN_REFUSES = Tale(
    "guardian_refuses",
    "想去学校，又怕家里为难",
    "家里缺人手，读书用处不大，这学期不打算送",
    "父母务农，家中老人需要照看",
    "协调村里帮工，落实两免一补和营养餐",
)

TALES = (
    GUARDIAN_REFUSES,
    Tale(
        "study_weary",
        "上课听不懂，坐着难受，不想去了",
        "说了多少回都不听，我们也没有办法",
        "父母在县城打零工，早出晚归",
        "安排一对一补课，从感兴趣的课程开始",
    ),
    Tale(
        "struggling",
        "数学和英语跟不上，作业做不完，怕被点名",
        "孩子底子差，希望老师多照顾",
        "家庭和睦，家长文化程度不高",
        "编入补习小组，作业分层，安排同伴结对",
    ),
    Tale(
        "left_behind_care",
        "和奶奶住，没人叫起床，来回路远",
        "我们在外地，电话里管不住",
        "父母在外务工，由祖辈照看",
        "安排住校，周末由帮扶教师家访",
        whereabouts="祖父母家",
    ),
    Tale(
        "poverty",
        "想帮家里挣点钱",
        "今年收成不好，生活费凑不齐",
        "监测户，父亲因病不能干重活",
        "当天为其申请生活补助，减免校服和住宿费用",
    ),
    Tale(
        "internet",
        "晚上玩手机，早上起不来",
        "手机收了又哭又闹，管不住",
        "父母离异，随父亲生活",
        "与家长约定手机管理办法，心理教师每周谈话一次",
    ),
    Tale(
        "bullying",
        "有人取笑我，我不想和他们一个班",
        "学校要给个说法，孩子才敢去",
        "家庭完整，孩子性格内向",
        "学校当日调查处理，调换座位，心理教师跟进",
    ),
    Tale(
        "distance",
        "路太远，下雨天走不了",
        "要翻一座山，接送不过来",
        "住在偏远村组，家中没有车辆",
        "安排寄宿，协调周末校车",
    ),
    Tale(
        "working",
        "跟表哥在工地帮忙，一天能拿一百块",
        "出去见见世面也好，过了年再说",
        "兄妹三人，父亲在外务工",
        "联系用工方停止使用童工，落实资助，返校后补课",
        whereabouts="县城工地",
    ),
)
