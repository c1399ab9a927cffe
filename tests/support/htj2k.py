"""One slice in High-Throughput JPEG 2000, by an encoder that is no part of the installation.

The streams are OpenJPH's (imagecodecs 2026.3.6, `htj2k_encode(stored, reversible=True,
resolutions=3)`); the values that they must give come from the formula below.
"""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

INTERCEPT = -1100


def plane_hu() -> NDArray[np.int16]:
    """A disc of tissue in air, on a slope (16 rows, 24 columns)."""
    rows, columns = np.ogrid[:16, :24]
    inside = (rows - 8) ** 2 + (columns - 12) ** 2 < 36
    hu = np.where(inside, 40, -1000) + 7 * rows - 3 * columns
    return np.asarray(hu, np.int16)


UNSIGNED = base64.b85decode(
    "|4;u>04YEK0000O0000G00000000000000O0000G0000000000009pH0sl|{2mk^A000XAQUDA90ssL30|W#>0smY8"
    "4Iqe+kdTm&kcfzg|6~9c00B>MWo}APNFY{aav(4+GBz$VF8`1K3IG5A00C_P0soW004*R3{{jWv{rBEy{`>I&gn)gP"
    "0Kfnh&;SK&00CT9sK`7@7;%*VL4m!N0L7eg>Yyd`073zJwg8QBh&~6CO7H+NfxngjzyKFP003Pa00C}*IG3s*QX#^*"
    "v_XTf%N|;MXz}Z^1`Ylw!g34<fVx=#8cI^5Umqqls)>RJ1)WB@@k3r<)QuGA^buK*WB?!ljamS3uwdE1+JJ)v3pX~x"
    "Ho~xQ;{s;OqmVBMfVo=$zyL1R00DXo00Qa&0099&OH?8OfkY)L2PASpqLnBh0tqCLK#2lUo&`IK;_2Utb|=hZ0y5G#"
    "qE^BX9c)9{0f0m$azLU)fCK~t5=cNmpa7ErkRee9Bx1k;1|(u25d%OB7#RMV0V*OwYS9wL1&l^8QNsdb5s(5#Fex-c"
    "+W`g~aKL~A4mjX|0S6o~@SK={vXltRAdI1LK}tV@h{y)UFdb}z*#ZCA"
)
"""Hounsfield units less the intercept, as uint16."""

SIGNED = base64.b85decode(
    "|4;u>04YEK0000O0000G00000000000000O0000G000000000000EBy0sl|{2mk^A000XAQUDA90ssL30|W#>0smY8"
    "4Iqe+kdTm&kcfzg|6~9c00B>MWo}APNFY{aav(4+GBz$VF8`1K3IG5A00C+M0soW004u<wmz@VxAqJKC0E7X5HUPi?"
    "70>_$YybgVR;b84N*HmK06~GhmH@?^a_XQZ^Z-HudbR+Kafm(#lS=RaF@e990KfnjK>z?<8~_1sfH;?`AW|X1xwJup"
    "uge}<d}#6OvIY(QD8h0K2!Og-02)eCqhB8;HL8h%2L+u*x$#3@VAPEi==2d;kYoTL0F7DzaIj$6z}kR=1q(Me!ZyON"
    "aN`1I%cGDl2!Od;0Kfn))&K!|3;+V^00032Kuc620f9s%DhDKTK%$i>AOZ;_kU)t7Ql14nisI?tigqW=V*)bLIHFd<"
    "5FKno*#Uq=C2~NbM1TYY1QJL<K%fAV0gxe41|(v@0R|*uAQ1yV3>X;xngJ>zLTb?x#s!Q<Fj2z-V-b)7MldNfL)!rc"
    "9B{yZ0}eRgfB^>_Fz}q1fU=Yb%OH%QaY0Hyf{4fl#xNahgV_Q9*#"
)
"""Hounsfield units, as int16."""
